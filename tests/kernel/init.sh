#!/bin/bash
# The first process of the kernel that run.sh starts: sets up the machine, runs the job, and powers off.
# Its folder on the host machine holds the job and the name of the writable folder, and receives the exit code.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset mem uml_dir initcall_blacklist
work=${0%/*}
writable=$(<"$work/writable")

# A root that discards changes: the machine's files below, memory above.
mount -t tmpfs tmpfs /mnt
mkdir -p /mnt/above /mnt/scratch /mnt/root /mnt/lib/modules
ln -s "/usr/lib/uml/modules/$(uname -r)" /mnt/lib/modules
modprobe -d /mnt -a overlay ipv6 8021q dummy macvlan ipvlan veth bridge sch_tbf sch_ingress cls_u32 act_mirred ifb || exit
mount -t overlay -o lowerdir=/,upperdir=/mnt/above,workdir=/mnt/scratch overlay /mnt/root || exit
mount -n --move /dev /mnt/root/dev
cd /mnt/root && pivot_root . mnt && cd / && umount -l /mnt || exit
mount --make-rshared /

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /run
# This kernel must not use the networks that the machine has recorded.
mkdir -p /var/lib/macipvlan
mount -t tmpfs -o mode=700 tmpfs /var/lib/macipvlan
mkdir /dev/pts /dev/shm
mount -t devpts -o ptmxmode=666 devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr
for folder in "$work" "$writable"; do
    mkdir -p "$folder"
    mount -t hostfs -o "$folder" hostfs "$folder" || exit
done

echo kernel >/proc/sys/kernel/hostname
[[ -s /etc/machine-id ]] || tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
ip link set lo up
ISOLATED_NETWORK=$(readlink /proc/self/ns/net)
export ISOLATED_NETWORK
export TMPDIR=/run/tmp
mkdir -m 1777 $TMPDIR
# System calls are slow in here. .NET makes many when it maps its code twice, and when idle threads spin before they sleep.
export DOTNET_EnableWriteXorExecute=0 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0

if [[ -e $work/terminal ]]; then
    setsid --ctty --wait bash "$work/job" <>/dev/tty1 >&0 2>&0
    code=$?
else
    stty -F /dev/tty2 raw -echo
    stty -F /dev/tty3 raw -echo
    # Pipes, so that the job doesn't use a console as its terminal.
    exec {out}> >(exec cat >/dev/tty2) && pipes=($!)
    exec {err}> >(exec {out}>&- && exec cat >/dev/tty3) && pipes+=($!)
    setsid --wait bash "$work/job" </dev/null >&"$out" 2>&"$err" {out}>&- {err}>&-
    code=$?
    # Processes that the job left running would keep the pipes open. (Kernel threads ignore the signal.)
    for process in /proc/[0-9]*; do
        id=${process#/proc/}
        [[ " 1 ${pipes[*]} " == *" $id "* ]] || kill -KILL "$id" 2>/dev/null
    done
    exec {out}>&- {err}>&-
    wait "${pipes[@]}"
fi
echo "$code" >"$work/code"
busybox poweroff -f
