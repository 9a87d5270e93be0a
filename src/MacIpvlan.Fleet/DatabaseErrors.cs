using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace MacIpvlan.Fleet;

/// <summary>Says what an error of a server means. What it doesn't know can pass, so that the question is asked again.</summary>
internal static class DatabaseErrors
{
    /// <summary>SQLSTATE of a host that another machine is, too, and of a segment that is defined differently (Schema/1.sql).</summary>
    private const string SameHost = "MI001", DifferentSegment = "MI002";

    /// <summary>The error of a refusal; null if it can pass.</summary>
    public static NetworkException? Explain(Exception error, string name, DatabaseServer server)
    {
        if (error is NpgsqlException { InnerException: AuthenticationException tls })
        {
            return Unsuitable(
                name, $"{server} doesn't prove who it is: {Describe(tls)}",
                "Root Certificate=FILE in the connection string names the authority that its certificate is from; the host must be named as in it.");
        }

        if (error is not PostgresException e) return error is InvalidOperationException and not ObjectDisposedException ? Unsuitable(name, Describe(error), null) : null;
        return e.SqlState switch
        {
            PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction => Unsuitable(
                name, "it has no schema of this module, or an older one", $"Have its owner create it: Initialize-AddressDatabase {name}."),
            PostgresErrorCodes.InsufficientPrivilege => Unsuitable(
                name, Describe(e), "An administrator of the database grants what a role may do: GRANT macipvlan_host, macipvlan_reader or macipvlan_admin TO ..."),
            SameHost => Unsuitable(
                name, Describe(e), "Give this machine a state of its own: remove the state that was copied, or make the database known again under another name."),
            DifferentSegment => new(
                NetworkError.SegmentDiffers, $"The segment is defined differently in '{name}': {Describe(e)}.", "Omit its settings to take over what it has, or use another segment."),
            PostgresErrorCodes.ExclusionViolation => new(
                NetworkError.SegmentDiffers, $"A subnet overlaps one of another segment in '{name}': {e.Detail ?? Describe(e)}", "Use that segment, or another subnet."),
            PostgresErrorCodes.NoDataFound => new(NetworkError.HostNotFound, $"The address database '{name}' refuses: {Describe(e)}.", "Get-ContainerNetworkAddress shows the hosts."),
            _ => CanPass(e) ? null : Unsuitable(name, $"{server}: {Describe(e)}", null),
        };
    }

    /// <summary>The reason in words, without what the user has specified.</summary>
    public static string Describe(Exception error) => (error switch
    {
        PostgresException e => e.MessageText,
        NpgsqlException { InnerException: Exception inner } => Describe(inner),
        SocketException e => e.Message,
        TimeoutException => "it doesn't answer in time",
        _ => error.Message,
    }).TrimEnd('.');

    // A server that starts, stops, or has too many users or too much to do; or a transaction that another one was in the way of.
    private static bool CanPass(PostgresException error) => error.IsTransient
        || error.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled
            or PostgresErrorCodes.UniqueViolation
        || error.SqlState.StartsWith("08", StringComparison.Ordinal) || error.SqlState.StartsWith("57P", StringComparison.Ordinal)
        || error.SqlState.StartsWith("40", StringComparison.Ordinal);

    private static NetworkException Unsuitable(string name, string reason, string? action) => new(
        NetworkError.AddressDatabaseUnsuitable, $"The address database '{name}' can't be used: {reason}.", action);
}
