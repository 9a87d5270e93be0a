#!/usr/bin/env bash
# Builds, tests and runs MacIpvlan with the pwsh on PATH. If there is no pwsh, one is made from its package.
set -euo pipefail

root=$(dirname "$(realpath "$0")")
module=$root/out/MacIpvlan/MacIpvlan.psd1
kernel=$root/tests/kernel/run.sh
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off

usage() {
    cat <<'END'
./build.sh [build|test|soak|bench|demo|docs|package|install|clean] [OPTION...]
                                                    a task of build.ps1, with its options
./build.sh run [--kernel] FILE.ps1 [ARGUMENT...]    a script, with the module imported
./build.sh shell [--kernel]                         a prompt, with the module imported
With --kernel, as in test and demo, it is in a throw-away kernel: user-mode Linux.
END
}

# Runs a command that takes a while: it says so at the start, and shows its output only if it fails.
quietly() {
    local output
    printf 'build.sh: %s ...\n' "$1" >&2
    shift
    output=$("$@" </dev/null 2>&1) || { printf '%s\n' "$output" >&2; return 1; }
}

# Runs a command, quietly, if a file below the folders is newer than its last success.
refresh() {
    local stamp=$root/out/$1.stamp folders
    read -ra folders <<<"$2"
    if [[ -e $stamp && -z $(cd "$root" && find "${folders[@]}" -type d \( -name bin -o -name obj \) -prune -o \
        -type f -newer "$stamp" -print -quit) ]]; then
        return
    fi
    mkdir -p "$root/out"
    touch "$stamp.new"
    quietly "${@:3}" || exit 1
    mv "$stamp.new" "$stamp"
}

# Sets shell to the command that runs PowerShell.
find_shell() {
    type -P dotnet >/dev/null || { echo 'build.sh: dotnet is missing: install the .NET 10 SDK' >&2; exit 69; }
    shell=(pwsh -NoProfile)
    if "${shell[@]}" -Command "exit [int] (\$PSVersionTable.PSVersion -lt '7.6')" 2>/dev/null; then
        return
    fi
    refresh pwsh 'tools/pwsh Directory.Build.props Directory.Packages.props global.json' \
        'making a pwsh from its package, which takes a minute at the first time' \
        dotnet publish "$root/tools/pwsh" -c Release --artifacts-path "$root/out/obj" -o "$root/out/pwsh"
    # Where the SDK lies somewhere else than a program looks for .NET.
    : "${DOTNET_ROOT:=$(dirname "$(realpath "$(type -P dotnet)")")}"
    export DOTNET_ROOT
    shell=("$root/out/pwsh/pwsh" -NoProfile)
}

# Whether Debian packages can be installed: by root, with apt-get.
can_unpack() { [[ $EUID == 0 ]] && type -P apt-get dpkg >/dev/null; }

# What the kernel needs is installed where that is possible; where not, its runner says what is missing.
install_kernel() {
    local packages package
    read -ra packages <<<"$("$kernel" --missing)"
    if ((${#packages[@]})) && can_unpack; then
        export DEBIAN_FRONTEND=noninteractive
        quietly 'updating the lists of Debian packages' apt-get update || true
        # One by one: user-mode-linux is for x64 alone, and the others are needed without it, too.
        for package in "${packages[@]}"; do
            quietly "installing $package" apt-get install -y --no-install-recommends "$package" || true
        done
    fi
}

# What only tests need: Pester, and what they unpack of Debian's packages. Where that fails, they say what they lack.
prepare_tests() {
    local part
    refresh Pester 'tests/Pester Directory.Packages.props' 'getting Pester' \
        dotnet build "$root/tests/Pester" -target:Stage --artifacts-path "$root/out/obj"
    for part in runtimes arm64; do
        # What an earlier version of the script has unpacked may lack something.
        if [[ ! $root/out/$part/complete -nt $root/tests/$part/unpack.sh ]] && can_unpack; then
            quietly "unpacking into out/$part what its tests need" "$root/tests/$part/unpack.sh" "$root/out/$part" || true
        fi
    done
}

# A word as PowerShell reads it: the name of a parameter as it is, all else quoted.
quote() {
    local word=$1 mark
    if [[ $word =~ ^-[A-Za-z_][A-Za-z0-9_]*:?$ ]]; then
        printf ' %s' "$word"
        return
    fi
    # To PowerShell, typographic ones are single quotes as well.
    for mark in "'" ‘ ’ ‚ ‛; do word=${word//"$mark"/$mark$mark}; done
    printf " '%s'" "$word"
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
        'building the module' dotnet build "$root/src/MacIpvlan.PowerShell" -c Release
    if [[ $# == 0 ]]; then
        text="Import-Module$(quote "$module"); if (-not (Get-Module PSReadLine)) { .$(quote "$root/tools/pwsh/ReadLine.ps1") }"
        shell+=(-NoLogo -NoExit -Command "$text")
    else
        text="Import-Module$(quote "$module"); \$global:LASTEXITCODE = 0; &"
        for word in "$(realpath -- "$1")" "${@:2}"; do text+=$(quote "$word"); done
        # A script that cannot be read, or takes no such arguments, has no exit code.
        shell+=(-Command "$text; if (-not \$? -and -not \$LASTEXITCODE) { exit 1 }; exit \$LASTEXITCODE")
    fi
    exec "${in_kernel[@]}" "${shell[@]}"
}

task=${1:-build}
[[ $# == 0 ]] || shift
case $task in
    build | soak | bench | docs | package | install) find_shell ;;
    test)
        install_kernel
        find_shell
        prepare_tests
        ;;
    demo | clean) [[ $# == 0 ]] || { usage >&2; exit 64; } ;;&
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
