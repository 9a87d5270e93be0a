#!/usr/bin/env bash
# Becomes a container runtime that is apart from any other: its data, its socket (FOLDER/KIND.sock), its settings. What it
# writes elsewhere goes into memory and is forgotten.
#
#   unshare --mount run.sh start.sh docker|podman FOLDER
set -euo pipefail

kind=$1 folder=$2
mount -t tmpfs tmpfs "$folder/layers"
for place in etc opt var; do
    mkdir -p "$folder/layers/$place" "$folder/layers/$place.work"
    mount -t overlay overlay -o "lowerdir=/$place,upperdir=$folder/layers/$place,workdir=$folder/layers/$place.work" "/$place"
done
export HOME=$folder/home

if [[ $kind == docker ]]; then
    echo '{}' >"$folder/daemon.json"
    exec dockerd --config-file "$folder/daemon.json" --data-root "$folder/data" --exec-root "$folder/exec" \
        --pidfile "$folder/docker.pid" --host "unix://$folder/docker.sock" --storage-driver=vfs \
        --iptables=false --ip6tables=false --bridge=none
fi

# Podman does not hand its environment on.
for program in conmon runc; do
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$LD_LIBRARY_PATH" "$(type -P $program)" >"$folder/$program"
    chmod +x "$folder/$program"
done
# Unpacked, unless the machine has them.
plugins=
for place in "$(dirname "$(dirname "$(type -P podman)")")/lib/cni" /usr/lib/cni; do
    [[ ! -d $place ]] || plugins+="\"$place\", "
done
mkdir -p "$HOME/.config/containers"
echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$HOME/.config/containers/policy.json"
cat >"$folder/storage.conf" <<END
[storage]
driver = "vfs"
graphroot = "$folder/graph"
runroot = "$folder/run"
END
cat >"$folder/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
seccomp_profile = "unconfined"
[engine]
cgroup_manager = "cgroupfs"
conmon_path = ["$folder/conmon"]
events_logger = "file"
runtime = "runc"
tmp_dir = "$folder/libpod"
[engine.runtimes]
runc = ["$folder/runc"]
[network]
cni_plugin_dirs = [${plugins%, }]
network_config_dir = "$folder/networks"
END
# With this one, podman would be a client.
unset CONTAINER_HOST
export CONTAINERS_CONF=$folder/containers.conf CONTAINERS_STORAGE_CONF=$folder/storage.conf
exec podman system service --time 0 "unix://$folder/podman.sock"
