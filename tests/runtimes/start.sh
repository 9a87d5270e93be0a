#!/usr/bin/env bash
# Runs a container runtime with its own data, socket (FOLDER/KIND.sock) and settings, isolated from any other. What it writes
# elsewhere goes into memory and is discarded.
#
#   run.sh start.sh docker|podman FOLDER
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

mkdir -p "$HOME/.config/containers" "$folder/hooks.d"
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
events_logger = "file"
runtime = "runc"
tmp_dir = "$folder/libpod"
hooks_dir = ["$folder/hooks.d"]
[network]
cni_plugin_dirs = ["/usr/lib/cni"]
network_config_dir = "$folder/networks"
END
# With this variable, podman would be a client.
unset CONTAINER_HOST
export CONTAINERS_CONF=$folder/containers.conf CONTAINERS_STORAGE_CONF=$folder/storage.conf
exec podman system service --time 0 "unix://$folder/podman.sock"
