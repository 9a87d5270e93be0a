#!/usr/bin/env bash
# Builds, tests and runs MacIpvlan with pwsh, or where there is none with the host in tools/EmbeddedHost.
set -euo pipefail

root=$(dirname "$(realpath "$0")")
module=$root/out/MacIpvlan/MacIpvlan.psd1
kernel=$root/tests/kernel/run.sh
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

usage() {
    cat <<'END'
./build.sh [build|test|soak|bench|demo|docs|package|install|clean] [OPTION...]
                                                    a task of build.ps1, with its options
./build.sh run [--kernel] FILE.ps1 [ARGUMENT...]    a script, with the module imported
./build.sh shell [--kernel]                         a prompt, with the module imported
With --kernel, as in test and demo, it is in a throw-away kernel: user-mode Linux.
END
}

# Runs a command, quiet when it succeeds, if a file below the folders is newer than its last success.
refresh() {
    local stamp=$root/out/$1.stamp folders output
    read -ra folders <<<"$2"
    shift 2
    if [[ -e $stamp && -z $(cd "$root" && find "${folders[@]}" -type d \( -name bin -o -name obj \) -prune -o \
        -type f -newer "$stamp" -print -quit) ]]; then
        return
    fi
    mkdir -p "$root/out"
    touch "$stamp.new"
    output=$("$@" 2>&1) || { printf '%s\n' "$output" >&2; exit 1; }
    mv "$stamp.new" "$stamp"
}

# Sets shell to the command that runs PowerShell. The argument is what is asked of pwsh, if anything.
find_shell() {
    local architecture=x64 condition="\$PSVersionTable.PSVersion -ge '7.4' -and (${1:-1})"
    shell=(pwsh -NoProfile)
    if "${shell[@]}" -Command "exit [int] -not ($condition)" 2>/dev/null; then
        return
    fi
    [[ $(uname -m) != aarch64 ]] || architecture=arm64
    # Compiled ahead of time, or each start in the kernel would take seconds.
    refresh EmbeddedHost 'tools/EmbeddedHost Directory.Build.props Directory.Packages.props global.json' \
        dotnet publish "$root/tools/EmbeddedHost" -c Release -r linux-$architecture --self-contained false \
        -p:PublishReadyToRun=true --artifacts-path "$root/out/obj" -o "$root/out/EmbeddedHost"
    shell=(dotnet "$root/out/EmbeddedHost/EmbeddedHost.dll" -NoProfile)
}

# What the kernel needs is installed where that is possible; where not, its runner says what is missing.
install_kernel() {
    local output packages=(user-mode-linux kmod busybox-static iproute2)
    if [[ $EUID == 0 ]] && ! type -P linux.uml modprobe busybox ip >/dev/null && type -P apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        output=$(apt-get update 2>&1 && apt-get install -y --no-install-recommends "${packages[@]}" </dev/null 2>&1) ||
            printf '%s\n' "$output" >&2
    fi
}

# A word as PowerShell reads it: the name of a parameter as it is, all else quoted.
quote() {
    if [[ $1 =~ ^-[A-Za-z_][A-Za-z0-9_]*:?$ ]]; then printf ' %s' "$1"; else printf " '%s'" "${1//\'/\'\'}"; fi
}

# Runs a script, or without one a prompt, with the module imported.
run() {
    local in_kernel=() word text
    if [[ ${1:-} == --kernel ]]; then
        shift
        install_kernel
        in_kernel=("$kernel")
    fi
    [[ $# == 0 || -f $1 ]] || { echo "build.sh: there is no script $1" >&2; exit 64; }
    find_shell
    refresh MacIpvlan 'src en-US MacIpvlan.psd1 MacIpvlan.Format.ps1xml Directory.Build.props Directory.Packages.props' \
        dotnet build "$root/src/MacIpvlan.PowerShell" -c Release
    if [[ ${shell[0]} == dotnet ]]; then
        shell+=(-Import "$module" ${1:+-File "$@"})
    elif [[ $# == 0 ]]; then
        shell+=(-NoExit -Command "Import-Module$(quote "$module")")
    else
        text="Import-Module$(quote "$module"); \$global:LASTEXITCODE = 0; &"
        for word in "$(realpath "$1")" "${@:2}"; do text+=$(quote "$word"); done
        shell+=(-Command "$text; exit \$LASTEXITCODE")
    fi
    exec "${in_kernel[@]}" "${shell[@]}"
}

task=${1:-build}
[[ $# == 0 ]] || shift
case $task in
    build | soak | bench | docs | package | install) find_shell ;;
    test)
        install_kernel
        mkdir -p "$root/out"
        for part in runtimes arm64; do
            "$root/tests/$part/unpack.sh" "$root/out/$part" >"$root/out/$part.log" 2>&1 || cat "$root/out/$part.log" >&2
        done
        find_shell "Get-Module Pester -ListAvailable | Where-Object Version -ge '5.0'"
        ;;
    demo) run --kernel "$root/examples/quickstart.ps1" ;;
    run) [[ ${1:---kernel} != --kernel || ${2:-} ]] || { usage >&2; exit 64; }; run "$@" ;;
    shell) run "$@" ;;
    clean)
        rm -rf "$root/out"
        exec find "$root"/{src,tests,tools,bench} -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
        ;;
    help | --help | -h) usage; exit ;;
    *) usage >&2; exit 64 ;;
esac
exec "${shell[@]}" -NonInteractive -File "$root/build.ps1" -Task "$task" "$@"
