using System.Diagnostics;

namespace EmbeddedHost.Pester;

/// <summary>Runs the blocks and tests that discovery has found.</summary>
internal sealed class TestRunner(EngineIntrinsics engine, TestScopes scopes, TestReport report)
{
    /// <summary>Runs what the filters chose of one file.</summary>
    public void Run(TestContainer container)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            using var drive = new TestDrive(engine.SessionState);
            scopes.InFileScope(() => RunBlock(container.Root, drive));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Something in TestDrive could not be removed.
            container.ErrorRecord.Add(new ErrorRecord(e, "TestDriveNotRemoved", ErrorCategory.WriteError, null));
        }
        container.Duration = watch.Elapsed;
    }

    private void RunBlock(TestBlock block, TestDrive drive)
    {
        if (!block.Tests.Any(t => t.ShouldRun))
            return;
        var watch = Stopwatch.StartNew();
        bool hasSetup = block.Tests.Any(t => t.ShouldRun && !t.IsSkipped);
        using (drive.Snapshot())
        {
            scopes.InNewScope(() =>
            {
                scopes.SetData(block);
                ErrorRecord? error = (hasSetup ? RunAll(block.BeforeAll) : null) ?? scopes.ExpandName(block);
                if (error is null)
                    RunContent(block, drive);
                else
                    FailTests(block, error);
                Note(block, error, hasSetup ? RunEach(block.AfterAll) : []);
            });
        }
        block.Duration = watch.Elapsed;
    }

    private void RunContent(TestBlock block, TestDrive drive)
    {
        foreach (TestItem item in block.Order)
        {
            if (item is TestBlock inner)
                RunBlock(inner, drive);
            else if (item is TestCase { ShouldRun: true } test)
                scopes.InNewScope(() => RunTest(test));
        }
    }

    private void RunTest(TestCase test)
    {
        var watch = Stopwatch.StartNew();
        scopes.SetData(test);
        if (test.IsSkipped)
        {
            scopes.ExpandName(test);
            test.Result = "Skipped";
        }
        else
        {
            TestBlock[] chain = [.. test.Parent!.Chain];
            Add(test, RunAll(chain.SelectMany(b => b.BeforeEach)) ?? scopes.ExpandName(test) ?? RunBody(test));
            foreach (ErrorRecord late in RunEach(chain.Reverse().SelectMany(b => b.AfterEach)))
                Add(test, late);
            test.Result = ResultOf(test.ErrorRecord);
        }
        test.Duration = watch.Elapsed;
        report.Show(test);
    }

    private ErrorRecord? RunBody(TestCase test)
    {
        // A param block gets the entries of the table by name; without one they are variables only.
        var table = TestScopes.AsTable(test.Data);
        var ast = (System.Management.Automation.Language.ScriptBlockAst)test.Body.Ast;
        object?[] arguments = table is null || ast.ParamBlock is null
            ? []
            : [.. ast.ParamBlock.Parameters.Select(p => table[p.Name.VariablePath.UserPath])];
        return scopes.Run(test.Body, arguments);
    }

    private static string ResultOf(List<ErrorRecord> errors)
    {
        if (errors.Count == 0)
            return "Passed";
        string id = errors.Count == 1 ? errors[0].FullyQualifiedErrorId.Split(',')[0] : "";
        return id switch
        {
            SetItResultCommand.SkippedErrorId => "Skipped",
            SetItResultCommand.InconclusiveErrorId => "Inconclusive",
            _ => "Failed",
        };
    }

    /// <summary>Stops at the first error and returns it.</summary>
    private ErrorRecord? RunAll(IEnumerable<ScriptBlock> setups) =>
        setups.Select(s => scopes.Run(s)).FirstOrDefault(e => e is not null);

    /// <summary>Runs all of them, whatever fails.</summary>
    private ErrorRecord[] RunEach(IEnumerable<ScriptBlock> teardowns) =>
        [.. teardowns.Select(t => scopes.Run(t)).OfType<ErrorRecord>()];

    private void FailTests(TestBlock block, ErrorRecord error)
    {
        foreach (TestCase test in block.Tests.Where(t => t.ShouldRun))
        {
            test.Result = "Failed";
            test.ErrorRecord.Add(error);
            report.Show(test);
        }
    }

    private void Note(TestBlock block, ErrorRecord? setupError, ErrorRecord[] teardownErrors)
    {
        block.ErrorRecord.AddRange(setupError is null ? teardownErrors : teardownErrors.Prepend(setupError));
        block.Result = block.ErrorRecord.Count > 0 ? "Failed" : "Passed";
        if (block.Result is "Failed")
            report.ShowFailed(block);
    }

    private static void Add(TestCase test, ErrorRecord? error)
    {
        if (error is not null)
            test.ErrorRecord.Add(error);
    }
}
