using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State.Sqlite;
using Microsoft.Data.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>Databases and folders that cannot be trusted or understood are refused, and left as they are.</summary>
public sealed class StateDatabaseTests : IDisposable
{
    private readonly TemporaryState _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Folder_IsMadeForTheOwnerAlone()
    {
        string path = Path.Combine(_state.Folder, "a", "b", "state.db");

        new SqliteStateStore(path, "host1").Dispose();

        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(Private, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        Assert.True(File.Exists(path));
    }

    [Theory]
    // What comes next would have to read all of it. While another has the database open, it is left to that one.
    [InlineData(false)]
    [InlineData(true)]
    public void Log_IsShortWhenTheLastIsDoneWithIt(bool hasOther)
    {
        string log = _state.Path + "-wal";
        SqliteStateStore? other = hasOther ? _state.Open() : null;
        using (SqliteStateStore store = _state.Open())
        {
            for (int i = 0; i < 600; i++) store.SetParentLink(new() { Name = $"dm-{i}", Kind = new DummyLink(), RemovedWithLastNetwork = true });
            Assert.True(new FileInfo(log).Length > 512 * 1024);
        }

        other?.Dispose();
        Assert.Equal(0, new FileInfo(log).Length);
        using SqliteStateStore again = _state.Open();
        Assert.Equal(600, again.GetParentLinks().Count);
    }

    [Theory]
    // PRAGMA locking_mode = EXCLUSIVE keeps the lock between transactions, and others can't even read.
    [InlineData("EXCLUSIVE")]
    [InlineData("NORMAL")]
    public void Lock_OfAnotherProgramIsWaitedForWhenTheDatabaseIsOpened(string mode)
    {
        _state.Open().Dispose();
        using SqliteConnection other = new($"Data Source={_state.Path};Pooling=False");
        other.Open();
        using SqliteCommand command = other.CreateCommand();
        command.CommandText = $"PRAGMA locking_mode = {mode}; BEGIN IMMEDIATE; CREATE TABLE other (id); COMMIT; DROP TABLE other; BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        int waits = 0;

        using SqliteStateStore store = new(_state.Path, "host1", _ =>
        {
            if (++waits == 3) other.Dispose();
        });

        Assert.Empty(store.GetParentLinks());
        Assert.Equal(mode == "EXCLUSIVE" ? 3 : 0, waits);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Folder_ThatOthersMayWriteToIsRefused(UnixFileMode right)
    {
        File.SetUnixFileMode(_state.Folder, File.GetUnixFileMode(_state.Folder) | right);

        NetworkException e = NetworkAssert.Refused(NetworkError.StateUnavailable, () => _state.Open(), _state.Folder);

        Assert.Contains("chmod go-w", e.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_state.Folder));
    }

    [Fact]
    public void Folder_AboveThatOthersMayWriteToIsRefused()
    {
        string path = Path.Combine(_state.Folder, "a", "b", "state.db");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.SetUnixFileMode(_state.Folder, File.GetUnixFileMode(_state.Folder) | UnixFileMode.OtherWrite);

        NetworkException e = NetworkAssert.Refused(
            NetworkError.StateUnavailable, () => new SqliteStateStore(path, "host1").Dispose(), _state.Folder);

        Assert.Contains($"chmod go-w {_state.Folder}", e.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!));
        File.SetUnixFileMode(_state.Folder, File.GetUnixFileMode(_state.Folder) | UnixFileMode.StickyBit);
        new SqliteStateStore(path, "host1").Dispose();
    }

    [Fact]
    public void Folder_ThatIsAFileIsRefused()
    {
        string file = Path.Combine(_state.Folder, "file");
        File.WriteAllText(file, "text");

        NetworkAssert.Refused(
            NetworkError.StateUnavailable, () => new SqliteStateStore(
                Path.Combine(file, "state.db"), "host1").Dispose());
    }

    [Fact]
    public void Path_ThatIsAFolderIsRefused()
    {
        Directory.CreateDirectory(_state.Path);

        NetworkAssert.Refused(NetworkError.StateUnavailable, () => _state.Open(), _state.Path);
    }

    [Fact]
    public void File_ThatIsNoDatabaseIsRefusedAndLeftAsItIs()
    {
        byte[] content = [
            .. Enumerable.Repeat("This is a letter, not a database. "u8.ToArray(), 300).SelectMany(static b => b)];
        File.WriteAllBytes(_state.Path, content);

        NetworkException e = NetworkAssert.Refused(NetworkError.StateUnavailable, () => _state.Open(), _state.Path);

        Assert.NotNull(e.RecommendedAction);
        Assert.Equal(content, File.ReadAllBytes(_state.Path));
        Assert.Equal([_state.Path], Directory.EnumerateFileSystemEntries(_state.Folder));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(10000)]
    public void File_ThatIsCutOffIsRefusedAndLeftAsItIs(int length)
    {
        using (SqliteStateStore store = _state.Open()) store.RemoveParentLink("none");
        _state.Query("PRAGMA wal_checkpoint(TRUNCATE)", static r => r.GetInt32(0));
        foreach (string log in (string[])["-wal", "-shm"]) File.Delete(_state.Path + log);
        byte[] content = File.ReadAllBytes(_state.Path);
        Assert.True(content.Length > length);
        File.WriteAllBytes(_state.Path, content[..length]);

        NetworkAssert.Refused(
            NetworkError.StateUnavailable,
            () =>
            {
                using SqliteStateStore store = _state.Open();
                store.GetNetworks();
            },
            _state.Path);

        Assert.Equal(content[..length], File.ReadAllBytes(_state.Path));
    }

    [Fact]
    public void Schema_NewerThanKnownIsRefusedAndLeftAsItIs()
    {
        _state.Open().Dispose();
        _state.Query("PRAGMA user_version = 99", static _ => 0);

        NetworkException e = NetworkAssert.Refused(
            NetworkError.StateUnavailable, () => _state.Open(), _state.Path, "version 99");

        Assert.Contains("newer", e.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(99, _state.Query("PRAGMA user_version", static r => r.GetInt32(0))[0]);
    }

    [Fact]
    public void Database_OfSomethingElseIsRefusedAndLeftAsItIs()
    {
        _state.Query("CREATE TABLE networks (bird TEXT)", static _ => 0);

        NetworkAssert.Refused(NetworkError.StateUnavailable, () => _state.Open(), _state.Path);

        Assert.Equal(["networks"], _state.Query("SELECT name FROM sqlite_schema", static r => r.GetString(0)));
        Assert.Equal(0, _state.Query("PRAGMA user_version", static r => r.GetInt32(0))[0]);
    }

    [Fact]
    public void Database_ThatWasOpenedBeforeIsOpenedAgain()
    {
        _state.Open().Dispose();
        using SqliteStateStore store = _state.Open();

        Assert.Empty(store.GetNetworks());
        Assert.Equal("wal", _state.Query("PRAGMA journal_mode", static r => r.GetString(0))[0]);
    }

    [Fact]
    public void Database_ThatVanishesIsToldOf()
    {
        using SqliteStateStore store = _state.Open();
        _state.Query("DROP TABLE leases", static _ => 0);

        NetworkAssert.Refused(NetworkError.StateUnavailable, () => store.GetNics(), _state.Path);
    }
}
