using System.Globalization;

namespace MacIpvlan.Fleet;

/// <summary>
/// The schema of an address database, as a list of steps. Step N brings version N - 1 to version N; released steps never change.
/// Hosts go on working meanwhile.
/// </summary>
internal static class FleetSchema
{
    private const int Version = 1;

    // One at a time, and so that no host waits for long.
    private static readonly string[] s_begin = ["BEGIN", "SELECT pg_advisory_xact_lock(4774451407313060418)", "SET LOCAL lock_timeout = '3s'"];

    /// <summary>The version of the schema; 0 if there is none.</summary>
    public static int ReadVersion(DatabaseQuestion question) =>
        question.Read("SELECT to_regclass('macipvlan.schema_versions') IS NOT NULL", static r => r.GetBoolean(0))[0]
            ? question.Read("SELECT max(version) FROM macipvlan.schema_versions", static r => r.GetInt32(0))[0]
            : 0;

    /// <summary>The SQL that is missing; empty if nothing is.</summary>
    public static string Missing(int version) =>
        version >= Version ? "" : string.Concat(s_begin.Select(static s => s + ";\n")) + Steps(version) + "COMMIT;\n";

    /// <summary>Runs what is missing, in one transaction.</summary>
    public static void Update(DatabaseQuestion question)
    {
        foreach (string statement in s_begin) question.Execute(statement);
        // Another one may have done it meanwhile.
        question.Execute(Steps(ReadVersion(question)));
        question.Execute("COMMIT");
    }

    // Whoever runs them makes the roles; the rest belongs to a role that nobody can log in as.
    private static string Steps(int version)
    {
        if (version >= Version) return "";
        string steps = Resource("roles.sql") + "SET LOCAL ROLE macipvlan_owner;\n";
        for (int step = version + 1; step <= Version; step++) steps += Resource(step.ToString(CultureInfo.InvariantCulture) + ".sql");
        return steps;
    }

    private static string Resource(string name)
    {
        using Stream stream = typeof(FleetSchema).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
