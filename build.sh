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
                                                    runs a task of build.ps1, with its options
./build.sh run [--kernel] FILE.ps1 [ARGUMENT...]    runs a script with the module imported
./build.sh shell [--kernel]                         opens a prompt with the module imported
With --kernel, as in test and demo, it runs in a throw-away kernel: user-mode Linux.
END
}

# Runs a command that takes a while. Prints a line at the start, and the command's output only if it fails.
quietly() {
    local output
    printf 'build.sh: %s ...\n' "$1" >&2
    shift
    output=$("$@" </dev/null 2>&1) || { printf '%s\n' "$output" >&2; return 1; }
}

# Runs a command quietly if a file in the folders is newer than the command's last success.
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
        'making a pwsh from its package, which takes a minute the first time' \
        dotnet publish "$root/tools/pwsh" -c Release --artifacts-path "$root/out/obj" -o "$root/out/pwsh"
    # Needed if the SDK isn't in a place where programs look for .NET.
    : "${DOTNET_ROOT:=$(dirname "$(realpath "$(type -P dotnet)")")}"
    export DOTNET_ROOT
    shell=("$root/out/pwsh/pwsh" -NoProfile)
}

# Whether Debian packages can be installed: by root, with apt-get.
can_unpack() { [[ $EUID == 0 ]] && type -P apt-get dpkg >/dev/null; }

# Installs what the kernel needs, if possible. Otherwise, its runner says what is missing.
install_kernel() {
    local packages package
    read -ra packages <<<"$("$kernel" --missing)"
    if ((${#packages[@]})) && can_unpack; then
        export DEBIAN_FRONTEND=noninteractive
        quietly 'updating the lists of Debian packages' apt-get update || true
        # One by one, because user-mode-linux exists only for x64, and the others are needed without it too.
        for package in "${packages[@]}"; do
            quietly "installing $package" apt-get install -y --no-install-recommends "$package" || true
        done
    fi
}

# Gets what only tests need: Pester, and files from Debian packages. If the latter fails, the tests say what is missing. It goes on
# beside the build, which waits for the processor where this waits for the network: the tests wait for the lock that it holds.
prepare_tests() {
    local lock
    refresh Pester 'tests/Pester Directory.Packages.props' 'getting Pester' \
        dotnet build "$root/tests/Pester" -target:Stage --artifacts-path "$root/out/obj"
    exec {lock}>"$root/out/prepared.lock"
    flock "$lock"
    unpack_all </dev/null &
    exec {lock}>&-
}

unpack_all() {
    local part
    for part in runtimes arm64 dhcp fleet; do
        # Files that an earlier version of the script unpacked can be incomplete.
        if [[ ! $root/out/$part/complete -nt $root/tests/$part/unpack.sh ]] && can_unpack; then
            # Without the lock, which servers of the compiler would keep.
            (exec {lock}>&-; quietly "unpacking what its tests need into out/$part" "$root/tests/$part/unpack.sh" "$root/out/$part") || true
        fi
    done
}

# Prints a word for PowerShell: a parameter name unchanged, everything else quoted.
quote() {
    local word=$1 mark
    if [[ $word =~ ^-[A-Za-z_][A-Za-z0-9_]*:?$ ]]; then
        printf ' %s' "$word"
        return
    fi
    # PowerShell also treats typographic single quotes as quotes.
    for mark in "'" ‘ ’ ‚ ‛; do word=${word//"$mark"/$mark$mark}; done
    printf " '%s'" "$word"
}

# Runs a script with the module imported. Without a script, opens a prompt.
run() {
    local in_kernel=() word text
    if [[ ${1:-} == --kernel ]]; then
        shift
        install_kernel
        in_kernel=("$kernel")
    fi
    [[ $# == 0 || -f $1 ]] || { echo "build.sh: the script $1 doesn't exist" >&2; exit 64; }
    find_shell
    refresh MacIpvlan 'src en-US MacIpvlan.psd1 MacIpvlan.Format.ps1xml MacIpvlan.types.ps1xml README.md CHANGELOG.md docs/icon.png Directory.Build.props Directory.Packages.props' \
        'building the module' dotnet build "$root/src/MacIpvlan.PowerShell" -c Release
    if [[ $# == 0 ]]; then
        text="Import-Module$(quote "$module"); if (-not (Get-Module PSReadLine)) { .$(quote "$root/tools/pwsh/ReadLine.ps1") }"
        shell+=(-NoLogo -NoExit -Command "$text")
    else
        text="Import-Module$(quote "$module"); \$global:LASTEXITCODE = 0; &"
        for word in "$(realpath -- "$1")" "${@:2}"; do text+=$(quote "$word"); done
        # A script that can't be read, or doesn't accept the arguments, sets no exit code.
        shell+=(-Command "$text; if (-not \$? -and -not \$LASTEXITCODE) { exit 1 }; exit \$LASTEXITCODE")
    fi
    exec "${in_kernel[@]}" "${shell[@]}"
}

task=${1:-build}
[[ $# == 0 ]] || shift
# Compilers and tests end before it pays that .NET compiles code once more, by how it is used. Benchmarks are measured with that.
[[ $task == bench ]] || export DOTNET_TieredPGO=0
case $task in
    build | soak | bench | docs | package | install) find_shell ;;
    test)
        install_kernel
        prepare_tests
        find_shell
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
