using System.Diagnostics;
using System.Globalization;

namespace MacIpvlan.Faults;

/// <summary>Where the operation may die.</summary>
internal static class FaultPoints
{
    private static readonly int s_fatal =
        int.Parse(Environment.GetEnvironmentVariable("MACIPVLAN_FAULT") ?? "0", CultureInfo.InvariantCulture);
    private static readonly List<string> s_reached = [];

    /// <summary>Passes a point, or dies there.</summary>
    public static void Reach(string name)
    {
        lock (s_reached)
        {
            s_reached.Add(name);
            // SIGKILL: nothing of the program runs after this.
            if (s_reached.Count == s_fatal) Process.GetCurrentProcess().Kill();
        }
    }

    /// <summary>Writes the points that were passed.</summary>
    public static void List() => s_reached.ForEach(Console.WriteLine);
}
