using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State.Sqlite;
using Microsoft.Data.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>A database file without the log that has the last changes is refused; a complete one isn't.</summary>
public sealed class LostLogTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly string _copies = Directory.CreateTempSubdirectory("macipvlan-").FullName;

    private string Log => _state.Path + "-wal";

    public void Dispose()
    {
        _state.Dispose();
        Directory.Delete(_copies, recursive: true);
    }

    [Theory]
    // The first log of a database, and one that begins after the former was written back.
    [InlineData(0, 1)]
    [InlineData(10, 5)]
    [InlineData(200, 1)]
    public void Log_ThatIsMissingIsNoticed(int before, int after)
    {
        Change(before);
        Change(after, before);
        Assert.True(new FileInfo(Log).Length > 0);
        byte[] log = File.ReadAllBytes(Log);
        File.Delete(Log);
        File.Delete(_state.Path + "-shm");
        byte[] content = File.ReadAllBytes(_state.Path);

        // The second attempt finds the empty log that the first one has made.
        for (int i = 0; i < 2; i++)
        {
            NetworkException e = NetworkAssert.Refused(NetworkError.StateUnavailable, () => _state.Open(), Log);
            Assert.Contains("start over, remove", e.RecommendedAction, StringComparison.Ordinal);
            Assert.Equal(content, File.ReadAllBytes(_state.Path));
        }

        File.WriteAllBytes(Log, log);
        Assert.Equal(before + after, Count(_state.Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x5A)]
    public void Log_ThatIsOverwrittenIsNoticed(byte with)
    {
        Change(3);
        byte[] log = File.ReadAllBytes(Log);
        byte[] rubbish = new byte[9000];
        Array.Fill(rubbish, with);
        File.WriteAllBytes(Log, rubbish);
        File.Delete(_state.Path + "-shm");

        NetworkAssert.Refused(NetworkError.StateUnavailable, () => _state.Open(), Log);

        File.WriteAllBytes(Log, log);
        Assert.Equal(3, Count(_state.Path));
    }

    [Fact]
    public void Copy_OfTheDatabaseFileAloneIsRefused()
    {
        Change(3);
        string copy = Path.Combine(_copies, "state.db");
        File.Copy(_state.Path, copy);

        NetworkAssert.Refused(NetworkError.StateUnavailable, () => new SqliteStateStore(copy, "host1").Dispose(), copy + "-wal");

        File.Copy(Log, copy + "-wal", overwrite: true);
        Assert.Equal(3, Count(copy));
    }

    [Theory]
    [InlineData("VACUUM INTO")]
    [InlineData("backup")]
    public void Copy_ThatSqliteMakesIsUsedInPlaceOfTheDatabase(string how)
    {
        Change(3);
        string copy = Path.Combine(_copies, "copy.db");
        if (how == "backup") Backup(copy);
        else _state.Query($"VACUUM INTO '{copy}'", static _ => 0);
        Change(2);

        foreach (string file in (string[])[_state.Path, Log, _state.Path + "-shm"]) File.Delete(file);
        File.Copy(copy, _state.Path);
        Assert.Equal(3, Count(_state.Path));
        Change(1);
        Assert.Equal(3, Count(_state.Path));
    }

    [Fact]
    public void Log_ThatSqliteItselfHasWrittenBackIsNotMissed()
    {
        Change(3);
        // The last connection of any other program writes the log back and removes it.
        _state.Query("SELECT 1", static _ => 0);
        Assert.False(File.Exists(Log));
        Assert.Equal(3, Count(_state.Path));

        Change(4);
        File.Delete(Log);
        NetworkAssert.Refused(NetworkError.StateUnavailable, () => _state.Open(), Log);
    }

    [Fact]
    public void Log_OfACommandThatIsKilledBetweenTheMarksIsAccepted()
    {
        Change(3);
        using (SqliteConnection other = new($"Data Source={_state.Path};Pooling=False"))
        {
            other.Open();
            using SqliteCommand mark = other.CreateCommand();
            mark.CommandText = $"PRAGMA application_id = {0x4D49504C}";
            mark.ExecuteNonQuery();
            Assert.Equal(3, Count(_state.Path));
        }

        Assert.Equal(3, Count(_state.Path));
    }

    [Fact]
    public void Log_StaysShortInACommandThatChangesMuch()
    {
        using SqliteStateStore store = _state.Open();
        for (int i = 0; i < 3000; i++) store.SetParentLink(Link(i % 10));

        Assert.True(new FileInfo(Log).Length < 6 << 20);
    }

    private static int Count(string path)
    {
        using SqliteStateStore store = new(path, "host1");
        return store.GetParentLinks().Count;
    }

    private static MacIpvlan.State.ParentLinkRecord Link(int i) => new() { Name = $"dm-{i}", Kind = new DummyLink(), RemovedWithLastNetwork = true };

    private void Change(int count, int from = 0)
    {
        using SqliteStateStore store = _state.Open();
        for (int i = from; i < from + count; i++) store.SetParentLink(Link(i));
    }

    private void Backup(string path)
    {
        using SqliteConnection source = new($"Data Source={_state.Path};Pooling=False"), copy = new($"Data Source={path};Pooling=False");
        using SqliteStateStore other = _state.Open();
        source.Open();
        copy.Open();
        source.BackupDatabase(copy);
    }
}
