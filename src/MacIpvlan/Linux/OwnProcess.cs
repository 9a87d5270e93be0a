using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>This process.</summary>
internal static class OwnProcess
{
    /// <summary>Does what Ctrl+C does at its terminal.</summary>
    public static void Interrupt() => _ = LibC.kill(LibC.getpid(), LibC.SIGINT);
}
