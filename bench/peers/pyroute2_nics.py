"""Creates the same NICs as floor.c, or deletes them, with pyroute2:

    pyroute2_nics.py create PARENT PREFIX COUNT | delete PREFIX COUNT

Writes the duration in milliseconds, without the start of Python and the import of pyroute2.
"""
import sys
import time

from pyroute2 import IPRoute, netns


def inside(name):
    netns.pushns(name)
    try:
        return IPRoute()
    finally:
        netns.popns()


def create(parent, names):
    with IPRoute() as host:
        index = host.link_lookup(ifname=parent)[0]
        for number, name in enumerate(names, 1):
            host.link("add", ifname="eth0", index=100, kind="macvlan", link=index, macvlan_mode="bridge",
                      mtu=1500, net_ns_fd=name)
            subnet = f"10.99.{number // 200}"
            with inside(name) as target:
                target.addr("add", index=100, address=f"{subnet}.{number % 200 + 2}", prefixlen=24)
                target.link("set", index=100, state="up")
                target.route("add", dst="default", gateway=f"{subnet}.1")


def delete(names):
    for name in names:
        with inside(name) as target:
            target.link("del", index=100)


action, *parent, prefix, count = sys.argv[1:]
namespaces = [f"{prefix}{number}" for number in range(1, int(count) + 1)]
start = time.monotonic()
if action == "create":
    create(parent[0], namespaces)
else:
    delete(namespaces)
print((time.monotonic() - start) * 1000)
