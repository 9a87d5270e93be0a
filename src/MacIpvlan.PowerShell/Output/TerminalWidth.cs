using System.Management.Automation.Host;
using MacIpvlan.Topology;

namespace MacIpvlan.PowerShell;

/// <summary>How many columns the terminal has that texts go to.</summary>
internal static class TerminalWidth
{
    /// <summary>The columns of a host's terminal; those of an ordinary one where it has none, or output goes elsewhere.</summary>
    public static int Of(PSHost host)
    {
        if (Console.IsOutputRedirected) return TextTree.OrdinaryWidth;
        try
        {
            return host.UI?.RawUI?.WindowSize.Width is > 0 and int width ? width : TextTree.OrdinaryWidth;
        }
        catch (Exception e) when (e is HostException or NotImplementedException or InvalidOperationException)
        {
            // Hosts without a screen say so in these ways.
            return TextTree.OrdinaryWidth;
        }
    }
}
