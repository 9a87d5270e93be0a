// What it takes at least to make NICs: rtnetlink without a library, without state, without checks. The unit of work is
// one macvlan link eth0 in a namespace that exists: MTU 1500, an IPv4 /24, up, a default route.
//
//   floor create PARENT PREFIX COUNT    makes one in each of the namespaces PREFIX1 to PREFIXCOUNT
//   floor delete PREFIX COUNT           deletes them, 32 at a time
//   floor dump PREFIX COUNT             reads all links of these namespaces
//
// Writes the milliseconds that all of it took, without the start of the program.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

enum { INDEX = 100, MTU = 1500, THREADS = 32, IN_SUBNET = 200 };

static const char *prefix;
static int count, host;

struct request {
    char bytes[1024];
    int length, messages;
};

static void check(int result, const char *what)
{
    if (result >= 0) return;
    perror(what);
    exit(1);
}

static struct nlmsghdr *begin(struct request *r, int type, int flags, const void *fixed, int length)
{
    struct nlmsghdr *n = (void *)(r->bytes + r->length);
    memset(n, 0, NLMSG_SPACE(length));
    n->nlmsg_type = type;
    n->nlmsg_flags = NLM_F_REQUEST | flags;
    n->nlmsg_len = NLMSG_LENGTH(length);
    memcpy(NLMSG_DATA(n), fixed, length);
    return n;
}

static struct rtattr *put(struct nlmsghdr *n, int type, const void *value, int length)
{
    struct rtattr *a = (void *)((char *)n + NLMSG_ALIGN(n->nlmsg_len));
    a->rta_type = type;
    a->rta_len = RTA_LENGTH(length);
    if (length) memcpy(RTA_DATA(a), value, length);
    n->nlmsg_len = NLMSG_ALIGN(n->nlmsg_len) + RTA_ALIGN(a->rta_len);
    return a;
}

static void end_nest(struct nlmsghdr *n, struct rtattr *nest)
{
    nest->rta_len = (char *)n + NLMSG_ALIGN(n->nlmsg_len) - (char *)nest;
}

static void end(struct request *r, struct nlmsghdr *n)
{
    r->length += NLMSG_ALIGN(n->nlmsg_len);
    r->messages++;
}

static int open_namespace(int number)
{
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s%d", prefix, number);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd, path);
    return fd;
}

static int open_socket(void)
{
    int one = 1, s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    check(s, "socket");
    check(setsockopt(s, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one), "NETLINK_CAP_ACK");
    return s;
}

static int open_socket_in(int namespace)
{
    check(setns(namespace, CLONE_NEWNET), "setns");
    int s = open_socket();
    check(setns(host, CLONE_NEWNET), "setns back");
    return s;
}

static void send_all(int s, struct request *r)
{
    struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    check(sendto(s, r->bytes, r->length, 0, (void *)&kernel, sizeof kernel), "send");
}

// Sends the messages and waits until each is acknowledged.
static void execute(int s, struct request *r, const char *what)
{
    char answer[8192];
    send_all(s, r);
    while (r->messages > 0) {
        int length = recv(s, answer, sizeof answer, 0);
        check(length, "receive");
        for (struct nlmsghdr *n = (void *)answer; NLMSG_OK(n, length); n = NLMSG_NEXT(n, length)) {
            if (n->nlmsg_type != NLMSG_ERROR) continue;
            errno = -((struct nlmsgerr *)NLMSG_DATA(n))->error;
            check(errno ? -1 : 0, what);
            r->messages--;
        }
    }
    r->length = 0;
}

static void add_link(struct request *r, int parent, int namespace)
{
    struct ifinfomsg link = { .ifi_index = INDEX };
    unsigned mtu = MTU, mode = MACVLAN_MODE_BRIDGE;
    struct nlmsghdr *n = begin(r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &link, sizeof link);
    put(n, IFLA_IFNAME, "eth0", sizeof "eth0");
    put(n, IFLA_LINK, &parent, sizeof parent);
    put(n, IFLA_MTU, &mtu, sizeof mtu);
    put(n, IFLA_NET_NS_FD, &namespace, sizeof namespace);
    struct rtattr *info = put(n, IFLA_LINKINFO, NULL, 0);
    put(n, IFLA_INFO_KIND, "macvlan", strlen("macvlan"));
    struct rtattr *settings = put(n, IFLA_INFO_DATA, NULL, 0);
    put(n, IFLA_MACVLAN_MODE, &mode, sizeof mode);
    end_nest(n, settings);
    end_nest(n, info);
    end(r, n);
}

static void add_address(struct request *r, unsigned address)
{
    struct ifaddrmsg fixed = { .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = INDEX };
    unsigned local = htonl(address), broadcast = htonl(address | 0xff);
    struct nlmsghdr *n = begin(r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &fixed, sizeof fixed);
    put(n, IFA_LOCAL, &local, sizeof local);
    put(n, IFA_ADDRESS, &local, sizeof local);
    put(n, IFA_BROADCAST, &broadcast, sizeof broadcast);
    end(r, n);
}

static void set_up(struct request *r)
{
    struct ifinfomsg link = { .ifi_index = INDEX, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
    end(r, begin(r, RTM_SETLINK, NLM_F_ACK, &link, sizeof link));
}

static void add_default_route(struct request *r, unsigned gateway)
{
    struct rtmsg fixed = { .rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
        .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST };
    unsigned hop = htonl(gateway);
    int index = INDEX;
    struct nlmsghdr *n = begin(r, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &fixed, sizeof fixed);
    put(n, RTA_GATEWAY, &hop, sizeof hop);
    put(n, RTA_OIF, &index, sizeof index);
    end(r, n);
}

static void create(const char *parent_name)
{
    struct request r = { 0 };
    int parent = if_nametoindex(parent_name), outside = open_socket();
    check(parent ? 0 : -1, parent_name);
    for (int i = 1; i <= count; i++) {
        unsigned subnet = 10u << 24 | 99 << 16 | (i / IN_SUBNET) << 8;
        int namespace = open_namespace(i);
        add_link(&r, parent, namespace);
        execute(outside, &r, "add link");
        int inside = open_socket_in(namespace);
        add_address(&r, subnet | (i % IN_SUBNET + 2));
        set_up(&r);
        add_default_route(&r, subnet | 1);
        execute(inside, &r, "add address and route");
        close(inside);
        close(namespace);
    }
}

// The kernel waits most of the time it deletes, and for many at once.
static void *delete_some(void *first)
{
    struct request r = { 0 };
    for (int i = *(int *)first; i <= count; i += THREADS) {
        struct ifinfomsg any = { 0 };
        int namespace = open_namespace(i), inside = open_socket_in(namespace);
        struct nlmsghdr *n = begin(&r, RTM_DELLINK, NLM_F_ACK, &any, sizeof any);
        put(n, IFLA_IFNAME, "eth0", sizeof "eth0");
        end(&r, n);
        execute(inside, &r, "delete link");
        close(inside);
        close(namespace);
    }
    return NULL;
}

static void delete(void)
{
    pthread_t threads[THREADS];
    int first[THREADS];
    for (int i = 0; i < THREADS; i++) {
        first[i] = i + 1;
        check(-pthread_create(&threads[i], NULL, delete_some, &first[i]), "thread");
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

// Looks at each attribute of each link, as a reader must.
static int read_links(int s)
{
    static char answer[32768];
    int links = 0;
    while (1) {
        int length = recv(s, answer, sizeof answer, 0);
        check(length, "receive");
        for (struct nlmsghdr *n = (void *)answer; NLMSG_OK(n, length); n = NLMSG_NEXT(n, length)) {
            if (n->nlmsg_type == NLMSG_DONE) return links;
            int rest = IFLA_PAYLOAD(n);
            for (struct rtattr *a = IFLA_RTA(NLMSG_DATA(n)); RTA_OK(a, rest); a = RTA_NEXT(a, rest)) {
                if (a->rta_type == IFLA_IFNAME) links++;
            }
        }
    }
}

static void dump(void)
{
    int links = 0, mask = RTEXT_FILTER_SKIP_STATS;
    for (int i = 1; i <= count; i++) {
        struct request r = { 0 };
        struct ifinfomsg all = { 0 };
        int namespace = open_namespace(i), inside = open_socket_in(namespace);
        struct nlmsghdr *n = begin(&r, RTM_GETLINK, NLM_F_DUMP, &all, sizeof all);
        put(n, IFLA_EXT_MASK, &mask, sizeof mask);
        end(&r, n);
        send_all(inside, &r);
        links += read_links(inside);
        close(inside);
        close(namespace);
    }
    check(links < count ? -1 : 0, "dump");
}

int main(int argc, char **argv)
{
    struct timespec start, stop;
    int is_create = argc == 5 && !strcmp(argv[1], "create");
    if (!is_create && (argc != 4 || (strcmp(argv[1], "delete") && strcmp(argv[1], "dump")))) {
        fputs("floor create PARENT PREFIX COUNT | delete PREFIX COUNT | dump PREFIX COUNT\n", stderr);
        return 64;
    }
    prefix = argv[argc - 2];
    count = atoi(argv[argc - 1]);
    host = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (is_create) create(argv[2]);
    else if (!strcmp(argv[1], "delete")) delete();
    else dump();
    clock_gettime(CLOCK_MONOTONIC, &stop);
    printf("%.3f\n", (stop.tv_sec - start.tv_sec) * 1e3 + (stop.tv_nsec - start.tv_nsec) / 1e6);
    return 0;
}
