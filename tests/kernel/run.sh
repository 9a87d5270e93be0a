#!/usr/bin/env bash
# Runs a command in a throw-away Linux kernel: user-mode Linux, an ordinary process, root or not.
#
#   run.sh [--timeout SECONDS] [--memory SIZE] [--rw FOLDER] [--tap NAME] [--processor N] [--] COMMAND [ARGUMENT...]
#   run.sh --missing      lists the needed Debian packages that are missing
#
# Inside, the command runs as root on this machine's files, at their usual paths. What it writes is
# discarded, except in the folder $KERNEL_RW: the one given by --rw, or a temporary one. With --tap,
# its link vec0 is the other end of a tap device of this machine's, or of the namespace's. It uses one
# processor: the one with that number, or any. Output
# appears as it is written, and the exit code is the command's. At a terminal, the command has that
# terminal; otherwise, its standard input is empty. If the kernel itself fails, the exit code is:
#   69 it can't start here    70 it died    124 the time limit was exceeded
set -uo pipefail

die() {
    printf 'run.sh: %s\n' "$2" >&2
    exit "$1"
}

# Ends the kernel of a folder with all its helper processes, and removes the folder. Helpers are
# cloned without exec, so they have the kernel's command line, which contains the folder.
clean_up() {
    local found
    # The brackets keep grep from finding itself.
    while found=$(grep -lzsx "uml_dir=$1[/]" /proc/[0-9]*/cmdline | cut -d/ -f3); [[ $found ]]; do
        # One id per line; each process can have ended by now.
        # shellcheck disable=SC2086
        kill -KILL $found 2>/dev/null
        sleep 0.02
    done
    rm -rf "$1"
}

# The janitor, started below, cleans up after the runner ends, which closes the janitor's standard input.
if [[ ${1:-} == --janitor ]]; then
    trap '' HUP INT TERM
    cat >/dev/null
    clean_up "$2"
    exit
fi

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# Whether the processor's vector state (XSAVE) is larger than the 2,696 bytes that the kernel has room for. The host reports
# the size of its signal frames as AT_MINSIGSTKSZ: that state and up to 944 bytes more (init_sigframe_size in
# arch/x86/kernel/signal.c).
has_large_state() {
    local key value
    while read -r key value; do
        [[ $key != 51 ]] || ((value <= 2696 + 944)) || return 0
    done < <(od -An -v -tu8 -w16 /proc/self/auxv)
    return 1
}

find_compiler() { type -P tcc cc gcc clang | head -n 1; }

missing_packages() {
    type -P linux.uml >/dev/null || echo user-mode-linux
    type -P modprobe >/dev/null || echo kmod
    type -P busybox >/dev/null || echo busybox-static
    type -P ip >/dev/null || echo iproute2
    [[ $(find_compiler) ]] || ! has_large_state || echo tcc
}

mapfile -t missing < <(missing_packages)
if [[ ${1:-} == --missing ]]; then
    echo "${missing[*]}"
    exit
fi

usage='usage: run.sh [--timeout SECONDS] [--memory SIZE] [--rw FOLDER] [--tap NAME] [--processor N] [--] COMMAND [ARGUMENT...]'
limit=0 memory=1G rw= devices=() processor=
while [[ ${1:-} == --* ]]; do
    case $1 in
        --timeout) limit=${2:?$usage} && shift 2 ;;
        --memory) memory=${2:?$usage} && shift 2 ;;
        --rw) rw=${2:?$usage} && shift 2 ;;
        --processor) processor=${2:?$usage} && shift 2 ;;
        --tap) devices=("vec0:transport=tap,ifname=${2:?$usage}") && shift 2 ;;
        --) shift && break ;;
        *) die 64 "$usage" ;;
    esac
done
[[ $# -gt 0 ]] || die 64 "$usage"

((${#missing[@]} == 0)) || die 69 "the kernel needs something that is missing: install the Debian packages ${missing[*]}"
work=$(mktemp -d "$(realpath -- "${TMPDIR:-/tmp}")/kernel.XXXXXX") || die 69 'cannot create a temporary folder'
exec {alive}> >(exec setsid bash "$0" --janitor "$work" >/dev/null 2>&1)
janitor=$!
restore_terminal() {
    [[ -z ${terminal_state:-} ]] || stty "$terminal_state" <&"$terminal"
}
# shellcheck disable=SC2317
finish() {
    [[ -z ${kernel:-} ]] || { kill "$kernel" && wait "$kernel"; } 2>/dev/null
    restore_terminal
    exec {alive}>&-
    wait "$janitor"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

[[ $work != *[[:space:]:]* ]] || die 69 "the kernel can't use a folder with white space or a colon in its path: $work"
[[ $(findmnt -no OPTIONS -T "$work") != *noexec* ]] || die 69 "programs can't be executed in $work: set TMPDIR to another folder"
mkdir "$work/files"
rw=$(realpath -m -- "${rw:-$work/files}")
[[ -d $rw && -w $rw ]] || die 69 "$rw isn't a writable folder"

# Consoles: 0 is the kernel's log, 1 a terminal, 2 and 3 are standard output and error. The kernel
# makes its outputs non-blocking, so it gets pipes, and a separately opened terminal.
consoles=(con=null "con0=null,fd:1")
forwarders=()
if [[ -t 0 && -t 1 ]]; then
    exec {terminal}<>"$(tty)"
    terminal_state=$(stty -g)
    consoles+=("con1=fd:$terminal")
    touch "$work/terminal"
else
    exec {out}> >(exec {alive}>&-; exec cat)
    forwarders+=($!)
    exec {err}> >(exec {alive}>&- {out}>&-; exec cat >&2)
    forwarders+=($!)
    consoles+=("con2=null,fd:$out" "con3=null,fd:$err")
fi

{
    while read -r name; do
        case $name in
            PATH | HOME | USER | LOGNAME | LANG | LC_* | TZ | TERM | COLORTERM | COLUMNS | LINES | NO_COLOR | CI | \
                DOTNET_* | NUGET_PACKAGES | MACIPVLAN_* | PSModulePath | POWERSHELL_*)
                printf 'export %s=%q\n' "$name" "${!name}" ;;
        esac
    done < <(compgen -e)
    printf 'export KERNEL_RW=%q\ncd %q || exit\nexec' "$rw" "$PWD"
    printf ' %q' "$@"
    echo
} >"$work/job"
printf '%s' "$rw" >"$work/writable"
cp "$(dirname "$0")/init.sh" "$work/init"
chmod +x "$work/init"

# The kernel's memory is a file, preferably in /dev/shm. In a container, /dev/shm is often small or not executable.
size=$(numfmt --from=iec "$memory") || die 64 "$usage"
memory_folder=$work
if shm=$(findmnt -fbno AVAIL,OPTIONS -T /dev/shm) && [[ $shm != *noexec* ]] && ((${shm%% *} > size)); then
    memory_folder=/dev/shm
fi

preload=
if has_large_state; then
    preload=$work/xstate.so
    "$(find_compiler)" -shared -fPIC -nostdlib -o "$preload" "$(dirname "$0")/xstate.c" >"$work/log" 2>&1 ||
        die 69 "kernel/xstate.c, which this processor needs, doesn't compile: $(<"$work/log")"
fi

# The kernel and its processes trace each other, one at a time. On different processors, each step would wait for the other one
# to wake up, which takes more than twice as long in all.
if [[ ! $processor ]]; then
    # The one that this runs on: field 39 of its stat. Field 2 can contain spaces.
    read -ra fields <<<"$(sed 's/.*) //' /proc/self/stat)"
    processor=${fields[36]}
fi

# The blacklisted call would measure RAID algorithms, which takes a third of the startup time.
ulimit -c 0
LD_PRELOAD=${preload:-${LD_PRELOAD:-}} TMPDIR=$memory_folder setsid timeout --kill-after=5 "$limit" taskset -c "$processor" linux.uml "mem=$memory" "uml_dir=$work/" umid=uml \
    rootfstype=hostfs rootflags=/ ro initcall_blacklist=raid6_select_algo "init=$work/init" "${consoles[@]}" "${devices[@]}" \
    </dev/null >"$work/log" 2>&1 {alive}>&- &
kernel=$!
wait "$kernel" 2>/dev/null
ended=$?
unset kernel
restore_terminal

if ((${#forwarders[@]})); then
    exec {out}>&- {err}>&-
    wait "${forwarders[@]}"
fi
if [[ -s $work/code ]]; then
    exit "$(<"$work/code")"
fi
if [[ $ended == 124 || ($ended == 137 && $limit != 0) ]]; then
    die 124 "the time limit was exceeded: the kernel was ended after $limit seconds"
fi
printf 'run.sh: the kernel died; the end of its log:\n' >&2
grep -vE '^ [0-9a-f]{8} |\] \?' "$work/log" | tail -n 25 | sed 's/^/    /' >&2
exit 70
