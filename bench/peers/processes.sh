#!/bin/sh
# Creates the same NICs as floor.c, or deletes them, with other programs:
#
#   processes.sh PEER create PARENT PREFIX COUNT | delete PREFIX COUNT
#
# PEER is ip-batch (one ip process for each NIC), ip-steps (one for each step) or cni (macvlan with host-local). Writes the
# duration in milliseconds, without the preparation.
set -eu
folder=/run/bench-peers
config=$folder/cni.json
peer=$1 action=$2
[ "$action" = delete ] || { parent=$3; shift; }
prefix=$3 count=$4
export CNI_PATH=/usr/lib/cni CNI_IFNAME=eth0

# Sets the variables address and gateway for a NIC.
number() {
    gateway=10.99.$(($1 / 200)).1
    address=10.99.$(($1 / 200)).$(($1 % 200 + 2))
}

# One ip process can do all steps inside the namespace. There, the parent is an index in the namespace with this number.
prepare_ip_batch() {
    if [ ! -e /run/netns/outside ]; then
        : >/run/netns/outside
        mount --bind /proc/self/ns/net /run/netns/outside
        # If a link came from there before, the kernel has already assigned that number.
        for i in $(seq "$count"); do ip -n "$prefix$i" netns set outside 0 2>/dev/null || true; done
    fi
    index=$(ip -o link show dev "$parent" | cut -d: -f1)
    for i in $(seq "$count"); do
        number "$i"
        cat >"$folder/$i.batch" <<END
link add link if$index link-netnsid 0 name eth0 mtu 1500 type macvlan mode bridge
address add $address/24 brd + dev eth0
link set eth0 up
route add default via $gateway
END
    done
}

prepare_cni() {
    cat >"$config" <<END
{"cniVersion": "0.4.0", "name": "bench", "type": "macvlan", "master": "$parent", "mode": "bridge", "mtu": 1500,
 "ipam": {"type": "host-local", "dataDir": "$folder/leases", "routes": [{"dst": "0.0.0.0/0"}],
          "ranges": [[{"subnet": "10.99.0.0/24", "gateway": "10.99.0.1"}]]}}
END
}

call_cni() {
    CNI_COMMAND=$1 CNI_CONTAINERID=$prefix$2 CNI_NETNS=/run/netns/$prefix$2 $CNI_PATH/macvlan <"$config" >/dev/null
}

create() {
    case $peer in
        ip-batch) ip -n "$prefix$1" -batch "$folder/$1.batch" ;;
        ip-steps)
            number "$1"
            ip link add link "$parent" name eth0 netns "$prefix$1" mtu 1500 type macvlan mode bridge
            ip -n "$prefix$1" address add "$address/24" brd + dev eth0
            ip -n "$prefix$1" link set eth0 up
            ip -n "$prefix$1" route add default via "$gateway"
            ;;
        cni) call_cni ADD "$1" ;;
    esac
}

delete() {
    case $peer in
        ip-*) ip -n "$prefix$1" link delete eth0 ;;
        cni) call_cni DEL "$1" ;;
    esac
}

mkdir -p "$folder"
case $peer-$action in
    ip-batch-create) prepare_ip_batch ;;
    cni-create) prepare_cni ;;
esac
start=$(date +%s%N)
for i in $(seq "$count"); do "$action" "$i"; done
stop=$(date +%s%N)
echo $(((stop - start) / 1000000))
