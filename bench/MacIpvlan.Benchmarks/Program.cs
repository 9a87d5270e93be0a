using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MacIpvlan.Benchmarks;

// What Bench.ps1 has no program for, and without arguments the micro parts.
switch (args)
{
    case ["create", string parent, string prefix, string count]:
        Write(RawLoop.Create(parent, prefix, Number(count)));
        return 0;
    case ["delete", string prefix, string count]:
        Write(RawLoop.Delete(prefix, Number(count)));
        return 0;
    case ["dump", string prefix, string count]:
        Write(RawLoop.Dump(prefix, Number(count)));
        return 0;
    case ["allocate", string taken, string rounds]:
        foreach (double ratio in Allocation.Measure(Number(taken), Number(rounds))) Console.WriteLine(Text(ratio));
        return 0;
    case ["echo"]:
        EchoProbe.Run(Console.In, Console.Out);
        return 0;
    case []:
        // In this process: another would be built first, under the rules of this repository.
        ManualConfig config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "macipvlan-benchmarks"));
        BenchmarkRunner.Run([typeof(CodecBenchmarks), typeof(StateBenchmarks)], config);
        return 0;
    default:
        Console.Error.WriteLine(
            "create PARENT PREFIX COUNT | delete PREFIX COUNT | dump PREFIX COUNT | allocate TAKEN ROUNDS | echo");
        return 64;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static string Text(double number) => number.ToString("0.000", CultureInfo.InvariantCulture);

static void Write(TimeSpan time) => Console.WriteLine(Text(time.TotalMilliseconds));
