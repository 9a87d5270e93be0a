using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;

namespace MacIpvlan.Fleet;

/// <summary>
/// A connection to the primary among the servers of an address database. What it is asked is asked again on another connection,
/// or on another server, until there is an answer or the time is over. So each question must be one that can be repeated.
/// </summary>
/// <param name="settings">How to connect.</param>
/// <param name="name">The name of the database, for messages.</param>
/// <param name="timeout">How long a question can take.</param>
internal sealed class DatabaseConnection(ConnectionSettings settings, string name, TimeSpan timeout) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private NpgsqlConnection? _connection;
    private int _first;

    /// <summary>Whether a question is asked only once: again at most if a connection from before is broken.</summary>
    public bool AsksOnce { get; set; }

    /// <summary>The server that was connected to last.</summary>
    public DatabaseServer Server => settings.Servers[_first];

    /// <summary>Called with each new connection to the primary, before anything else is asked.</summary>
    public Action<DatabaseQuestion> Connected { get; init; } = static _ => { };

    /// <summary>Asks something.</summary>
    /// <param name="ask">Asks it; can be called several times.</param>
    /// <exception cref="NetworkException">AddressDatabaseUnavailable, or what <see cref="DatabaseErrors"/> makes of a refusal.</exception>
    public T Ask<T>(Func<DatabaseQuestion, T> ask)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            bool isNew = _connection is null;
            try
            {
                return ask(new(_connection ??= Connect(start), Left(start)));
            }
            catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                Close();
                if (DatabaseErrors.Explain(e, name, Server) is NetworkException refusal) throw refusal;
                if (Left(start) <= s_pause || (AsksOnce && isNew)) throw Absent(e);
                Thread.Sleep(s_pause);
            }
        }
    }

    public void Dispose() => Close();

    /// <summary>Closes the connection. The next question opens another one.</summary>
    public void Close()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or IOException or InvalidOperationException)
        {
            // It's gone already.
        }

        _connection = null;
    }

    // Begins with the server that was the primary last.
    private NpgsqlConnection Connect(long start)
    {
        int count = settings.Servers.Count;
        Exception? first = null;
        for (int i = 0; i < count; i++)
        {
            int index = (_first + i) % count;
            try
            {
                // Each gets its part of the time, so that one that doesn't answer leaves some for the others.
                double seconds = Left(start).TotalSeconds / (count - i);
                NpgsqlConnection connection = settings.Open(settings.Servers[index], Math.Max(1, (int)seconds));
                if (TryUse(connection, start))
                {
                    _first = index;
                    return connection;
                }

                first ??= new NpgsqlException($"{settings.Servers[index]} is a standby");
            }
            catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException or IOException)
            {
                if (DatabaseErrors.Explain(e, name, settings.Servers[index]) is NetworkException refusal) throw refusal;
                first ??= e;
            }
        }

        throw first!;
    }

    private bool TryUse(NpgsqlConnection connection, long start)
    {
        try
        {
            DatabaseQuestion question = new(connection, Left(start));
            if (question.Read("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean", static r => r.GetBoolean(0))[0])
            {
                connection.Dispose();
                return false;
            }

            Connected(question);
            return true;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private TimeSpan Left(long start) => timeout - Stopwatch.GetElapsedTime(start);

    private NetworkException Absent(Exception reason) => new(
        NetworkError.AddressDatabaseUnavailable,
        $"The address database '{name}' can't be reached: {DatabaseErrors.Describe(reason)}.",
        $"Check the servers ({string.Join(", ", settings.Servers)}): Test-AddressDatabase {name}.");
}
