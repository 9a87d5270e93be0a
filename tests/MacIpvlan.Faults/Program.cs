// Carries out one operation of the module, and dies by SIGKILL at one of its points: before or after a call of the state,
// or before a step of the kernel. The point's number is in MACIPVLAN_FAULT; without it, the points are listed.
//
//   MacIpvlan.Faults STATE OPERATION [ARGUMENT...]
using MacIpvlan;
using MacIpvlan.Addressing;
using MacIpvlan.Faults;
using MacIpvlan.Formats;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

string[] arguments = args[2..];
using NetworkSession session = new(pause => FaultyStore.Over(new SqliteStateStore(args[0], HostIdentity.Read(), pause)))
{
    Trace = static step => FaultPoints.Reach($"before: {step}"),
    Recovering = Recovery.Run,
};
ContainerNetworks networks = new(session);
VlanSubInterfaces vlans = new(session);
ContainerNics nics = new(session);
switch (args[1])
{
    // New-MacvlanNetwork, New-IpvlanNetwork: name, subnet, and the parent if there is one.
    case "new-macvlan": New(new MacvlanLink(MacvlanMode.Bridge)); break;
    case "new-ipvlan": New(new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge)); break;
    // Set-MacvlanNetwork and Set-IpvlanNetwork -Force: the network, and each setting that is given with its value.
    case "set-network": Set(Network(arguments[0]), arguments[1..]); break;
    case "remove-network": networks.Remove(Network(arguments[0]), disconnect: true); break;
    case "add-vlan": vlans.Add(arguments[0], new VlanLink(int.Parse(arguments[1], null), VlanProtocol.Ieee8021Q), null, null); break;
    case "remove-vlan": vlans.Remove(vlans.GetAll().First(v => v.Name == arguments[0]), force: false); break;
    // Connect-ContainerNic: network, namespace, and a name if it is to have one.
    case "connect":
        using (NamespaceHandle target = NamespaceHandle.Open(arguments[1], NamespaceHandle.PathOf(arguments[1])))
        {
            new ConnectSteps(session).Connect(new NicRequest
            {
                Network = Network(arguments[0]), Target = target, InterfaceName = arguments.ElementAtOrDefault(2),
            });
        }

        break;
    case "disconnect":
        using (DisconnectPipeline disconnections = new(session, static (nic, e) => throw new InvalidOperationException($"{nic}", e)))
        {
            foreach (ContainerNic nic in nics.GetAll()) disconnections.Start(nic);
            disconnections.Finish();
        }

        break;
    // Enable-HostAccess and Disable-HostAccess: the network.
    case "enable-host": new HostAccesses(session).Enable(Network(arguments[0]), [], null); break;
    case "disable-host": new HostAccesses(session).Disable(Network(arguments[0])); break;
    case "restore":
        foreach (RestoredItem item in new NetworkRestoration(session, static (_, _) => true).Restore(networks.GetAll(), areAll: true))
        {
            if (item.Result == RestoreResult.Failed) throw new InvalidOperationException($"{item}");
        }

        break;
    // Import-ContainerNetwork -Force: the text.
    case "import":
        NetworkImport import = new(session, force: true);
        foreach (PlannedImport planned in import.Plan(NetworkText.Read(arguments[0], null, static _ => { }, static (_, e) => throw e)))
        {
            import.Apply(planned, static (_, _) => true);
        }

        break;
    default: throw new ArgumentException($"There is no operation {args[1]}.");
}

FaultPoints.List();

void New(LinkKind kind) => networks.Create(new NetworkRequest
{
    Name = arguments[0],
    NicKind = kind,
    Subnets = [.. arguments[1].Split(',').Select(IPPrefix.Parse)],
    Parent = arguments.Length > 2 ? ParentReference.Parse(arguments[2]) : null,
});

void Set(ContainerNetwork network, string[] settings)
{
    Dictionary<string, string> given = settings.Select(static s => s.Split('=', 2)).ToDictionary(static s => s[0], static s => s[1]);
    string? Value(string name) => given.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
    string[] Values(string name) => Value(name)?.Split(',') ?? [];
    new NetworkChanges(session).Change(
        network,
        new NetworkChange
        {
            Given = given.Keys.ToHashSet(),
            AddedSubnets = [.. Values("AddSubnet").Select(IPPrefix.Parse)],
            Values = new()
            {
                Name = Value("Name") ?? "",
                NicKind = network is MacvlanNetwork
                    ? new MacvlanLink(Enum.Parse<MacvlanMode>(Value("Mode") ?? "Bridge"))
                    : new IpvlanLink(Enum.Parse<IpvlanMode>(Value("Mode") ?? "L2"), IpvlanFlag.Bridge),
                Parent = Value("Parent") is string parent ? ParentReference.Parse(parent) : null,
                Subnets = [.. Values("Subnet").Select(IPPrefix.Parse)],
                Gateways = [.. Values("Gateway").Select(AddressValue.Parse)],
                Ranges = [.. Values("IPRange").Select(AddressRange.Parse)],
                Routes = [.. Values("Route").Select(NetworkRoute.Parse)],
                RouteMetric = Value("RouteMetric") is string metric ? int.Parse(metric, null) : null,
                Mtu = Value("Mtu") is string mtu ? int.Parse(mtu, null) : null,
            },
        },
        force: true);
}

ContainerNetwork Network(string name) => networks.GetAll().First(n => n.Name == name);
