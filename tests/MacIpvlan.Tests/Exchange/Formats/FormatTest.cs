using MacIpvlan.Addressing;
using MacIpvlan.Formats;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.Tests.Architecture;

namespace MacIpvlan.Tests.Formats;

/// <summary>Texts in and out, and the warnings on the way.</summary>
public abstract class FormatTest
{
    private protected List<string> Warnings { get; } = [];

    private protected static string Capture(string name) =>
        File.ReadAllText(Path.Combine(SourceTree.Root, "tests/MacIpvlan.Tests/Exchange/Formats/Captures", name));

    /// <summary>A macvlan network on eth0, as it would be exported.</summary>
    private protected static NetworkRequest Exported(string subnets, string gateways = "", Func<NetworkRequest, NetworkRequest>? change = null)
    {
        NetworkRequest request = TestRequests.Request(subnets) with
        {
            Parent = ParentReference.Parse("eth0"), Gateways = TestRequests.Addresses(gateways), NoGateway = true,
        };
        NetworkRequest changed = change?.Invoke(request) ?? request;
        // What has no gateway though it could is to say so.
        return changed with
        {
            NoGateway = changed.Subnets.Any(s => NetworkDefinition.TakesGateway(s) && !changed.Gateways.Any(s.Contains)) && !changed.OnLinkGateway,
        };
    }

    private protected static NetworkRoute[] Routes(params string[] routes) => [.. routes.Select(NetworkRoute.Parse)];

    private protected string Write(ExportFormat format, params NetworkRequest[] networks) => NetworkText.Write(format, networks, Warnings.Add);

    private protected IReadOnlyList<NetworkRequest> Read(string text, ImportFormat? format = null) => NetworkText.Read(text, format, Warnings.Add, static (_, e) => throw e);

    /// <summary>The settings of networks, a line each: Name=Value.</summary>
    private protected static string[] Settings(params NetworkRequest[] networks) =>
        [.. networks.SelectMany(NetworkSettings.Of).Select(static s => $"{s.Name}={s}")];

    private protected static NetworkRequest Ipvlan(NetworkRequest network, IpvlanMode mode, IpvlanFlag flag = IpvlanFlag.Bridge) =>
        network with { NicKind = new IpvlanLink(mode, flag) };
}
