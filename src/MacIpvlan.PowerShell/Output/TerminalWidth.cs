using System.Management.Automation.Host;
using MacIpvlan.Topology;

namespace MacIpvlan.PowerShell;

/// <summary>Determines the width of the terminal that text goes to.</summary>
internal static class TerminalWidth
{
    /// <summary>
    /// Returns the columns of the host's terminal, or the ordinary width if there is no terminal or the output is
    /// redirected.
    /// </summary>
    public static int Of(PSHost host)
    {
        if (Console.IsOutputRedirected) return TextTree.OrdinaryWidth;
        try
        {
            return host.UI?.RawUI?.WindowSize.Width is > 0 and int width ? width : TextTree.OrdinaryWidth;
        }
        catch (Exception e) when (e is HostException or NotImplementedException or InvalidOperationException)
        {
            // Hosts without a screen throw one of these.
            return TextTree.OrdinaryWidth;
        }
    }
}
