using System.Diagnostics;
using EmbeddedHost.Terminal;

namespace EmbeddedHost.Pester;

/// <summary>Runs test files in Pester's syntax: first all are read for their tests, then the tests run.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Pester")]
public sealed class InvokePesterCommand : PSCmdlet
{
    [Parameter(Position = 0)] public string[] Path { get; set; } = ["."];
    [Parameter, Alias("Tag")] public string[] TagFilter { get; set; } = [];
    [Parameter, Alias("ExcludeTag")] public string[] ExcludeTagFilter { get; set; } = [];
    [Parameter] public string[] FullNameFilter { get; set; } = [];
    [Parameter, ValidateSet("None", "Normal", "Detailed", "Diagnostic")] public string Output { get; set; } = "Normal";
    [Parameter] public SwitchParameter PassThru { get; set; }

    protected override void EndProcessing()
    {
        var engine = (EngineIntrinsics)SessionState.PSVariable.GetValue("ExecutionContext");
        var terminal = (TerminalUserInterface)Host.PrivateData.BaseObject;
        var report = new TestReport(terminal, Enum.Parse<TestReport.Detail>(Output, ignoreCase: true));
        var scopes = new TestScopes(engine);
        var watch = Stopwatch.StartNew();

        IEnumerable<string> paths = Path.SelectMany(p => GetResolvedProviderPathFromPSPath(p, out _));
        TestContainer[] containers = [.. paths.SelectMany(Files).Distinct().Select(f => new TestContainer(f))];
        Discover(containers, scopes, report);
        report.ShowDiscovered(containers.Sum(c => c.Root.Tests.Count()), watch.Elapsed);

        var runner = new TestRunner(engine, scopes, report);
        foreach (TestContainer container in containers)
        {
            bool hasTests = container.Root.Tests.Any(t => t.ShouldRun);
            if (hasTests)
                runner.Run(container);
            if (hasTests || container.ErrorRecord.Count > 0)
                report.Show(container);
        }

        var run = new TestRun(containers, watch.Elapsed);
        report.Show(run);
        if (PassThru)
            WriteObject(run);
    }

    private void Discover(TestContainer[] containers, TestScopes scopes, TestReport report)
    {
        report.ShowStart(containers.Length);
        var filter = new TestFilter(TagFilter, ExcludeTagFilter, FullNameFilter);
        foreach (TestContainer container in containers)
        {
            new TestDiscovery(scopes, container).Run();
            foreach (TestCase test in container.Root.Tests)
                test.ShouldRun = filter.Includes(test);
        }
    }

    /// <summary>The test files that an existing path means: a file itself, or those anywhere below a folder.</summary>
    private static string[] Files(string path) => File.Exists(path)
        ? [path]
        : [.. Directory.EnumerateFiles(path, "*.Tests.ps1", SearchOption.AllDirectories).Order()];
}
