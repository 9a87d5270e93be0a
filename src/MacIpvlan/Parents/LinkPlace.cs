using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>Where a link is: its name can change, its place only if it is moved.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Index">Its index there.</param>
internal sealed record LinkPlace(NamespaceIdentity Namespace, int Index);
