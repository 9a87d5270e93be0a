using MacIpvlan.Linux;

namespace MacIpvlan.Tests.Linux;

/// <summary>Who is alive, by a lock that ends with its holder.</summary>
public sealed class WorkerLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("macipvlan-").FullName;

    private string File1 => Path.Combine(_folder, "workers");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Worker_IsAliveUntilItIsDisposed()
    {
        using WorkerLock me = new(File1);
        WorkerLock other = new(File1);

        Assert.True(me.IsAlive(other.Number));
        other.Dispose();
        Assert.False(me.IsAlive(other.Number));
    }

    [Fact]
    public void Worker_IsNotTakenForDeadIfTheKernelDoesNotSay()
    {
        using WorkerLock me = new(File1);

        Assert.Throws<NetlinkException>(() => me.IsAlive(-1));
    }
}
