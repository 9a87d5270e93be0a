using BenchmarkDotNet.Attributes;

namespace MacIpvlan.Benchmarks;

/// <summary>What the database costs.</summary>
public class StateBenchmarks : IDisposable
{
    private readonly ScratchState _state = new(1000);

    /// <summary>An address taken and given back: two transactions.</summary>
    [Benchmark]
    public void AllocateAndRelease() => _state.Release(_state.Reserve());

    /// <summary>The database opened, checked and closed, as each command does once.</summary>
    [Benchmark]
    public void OpenState() => _state.Open().Dispose();

    [GlobalCleanup]
    public void Dispose()
    {
        _state.Dispose();
        GC.SuppressFinalize(this);
    }
}
