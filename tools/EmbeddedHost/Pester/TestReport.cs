using System.Globalization;
using EmbeddedHost.Terminal;

namespace EmbeddedHost.Pester;

/// <summary>Shows results as they come, each on lines of its own.</summary>
internal sealed class TestReport(TerminalUserInterface terminal, TestReport.Detail detail)
{
    public enum Detail
    {
        None,

        /// <summary>Failures, and one line for each file.</summary>
        Normal,

        /// <summary>One line for each test.</summary>
        Detailed,

        /// <summary>The same as <see cref="Detailed"/>.</summary>
        Diagnostic,
    }

    public void ShowStart(int files) => Write($"\nStarting discovery in {files} files.");

    public void ShowDiscovered(int tests, TimeSpan duration) =>
        Write($"Discovery found {tests} tests in {Text(duration)}.\nRunning tests.");

    public void Show(TestCase test)
    {
        string line = $"{test.ExpandedPath} {Text(test.Duration)}";
        switch (test.Result)
        {
            case "Passed" when detail >= Detail.Detailed:
                Write("[+] " + line, ConsoleColor.DarkGreen);
                break;
            case "Failed":
                Write("[-] " + line, ConsoleColor.Red);
                ShowErrors(test.ErrorRecord);
                break;
            case "Skipped" when detail >= Detail.Detailed:
                Write("[!] " + line + Reason(test), ConsoleColor.Yellow);
                break;
            case "Inconclusive" when detail >= Detail.Detailed:
                Write("[?] " + line + Reason(test), ConsoleColor.Gray);
                break;
        }
    }

    public void ShowFailed(TestBlock block)
    {
        string name = block.Parent is null ? "The file's own setup or teardown" : block.ExpandedPath;
        Write($"[-] {name} failed", ConsoleColor.Red);
        ShowErrors(block.ErrorRecord);
    }

    public void ShowFailed(TestContainer container)
    {
        Write($"[-] {container.Item} failed", ConsoleColor.Red);
        ShowErrors(container.ErrorRecord);
    }

    public void Show(TestContainer container)
    {
        bool passed = container.Result is "Passed";
        if (container.ErrorRecord.Count > 0)
            ShowFailed(container);
        else if (passed || detail >= Detail.Detailed)
            Write($"[{(passed ? '+' : '-')}] {container.Item} {Text(container.Duration)}",
                passed ? ConsoleColor.Green : ConsoleColor.Red);
    }

    public void Show(TestRun run)
    {
        Write($"Tests completed in {Text(run.Duration)}");
        Write($"Tests Passed: {run.PassedCount}, Failed: {run.FailedCount}, Skipped: {run.SkippedCount}, "
            + $"Inconclusive: {run.InconclusiveCount}, NotRun: {run.NotRunCount}");
        ShowNames("BeforeAll \\ AfterAll failed", run.FailedBlocks);
        ShowNames("Container failed", run.FailedContainers);
    }

    private void ShowNames(string title, IReadOnlyCollection<object> items)
    {
        if (items.Count > 0)
            Write($"{title}: {items.Count}\n" + string.Join('\n', items.Select(i => "  - " + i)), ConsoleColor.Red);
    }

    private void ShowErrors(IEnumerable<ErrorRecord> errors)
    {
        foreach (string line in errors.SelectMany(FailureText.Lines))
            Write("   " + line, ConsoleColor.Red);
    }

    private static string Reason(TestCase test) =>
        test.ErrorRecord.Count == 0 ? " is skipped" : " " + test.ErrorRecord[0].Exception.Message;

    private static string Text(TimeSpan time) => time.TotalSeconds < 1
        ? time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + "ms"
        : time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + "s";

    private void Write(string line, ConsoleColor color = ConsoleColor.Gray)
    {
        if (detail == Detail.None)
            return;
        terminal.StartLine();
        terminal.WriteLine(color, ConsoleColor.Black, line);
    }
}
