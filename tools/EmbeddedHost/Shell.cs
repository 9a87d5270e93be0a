using System.Management.Automation.Runspaces;
using EmbeddedHost.Terminal;

namespace EmbeddedHost;

/// <summary>One runspace, and the ways in which a command line can use it.</summary>
internal sealed class Shell : IDisposable
{
    private readonly CommandLine _commandLine;
    private readonly TerminalHost _host;
    private readonly Runspace _runspace;
    private readonly Interrupts _interrupts = new();

    public Shell(CommandLine commandLine)
    {
        _commandLine = commandLine;
        _host = new TerminalHost(commandLine.IsInteractive);
        _runspace = Session.Open(_host);
    }

    /// <summary>Does what the command line says and returns the exit code of the process.</summary>
    public int Run()
    {
        foreach (string module in _commandLine.Imports)
        {
            var import = new Command("Import-Module");
            // A relative path without ./ would be taken for a name.
            import.Parameters.Add("Name", Path.Exists(module) ? Path.GetFullPath(module) : module);
            import.Parameters.Add("ErrorAction", ActionPreference.Stop);
            if (!Execute(import))
                return 1;
        }

        int exitCode = RunRequest();
        bool goesOn = _commandLine.NoExit || (_commandLine.File is null && _commandLine.Command is null);
        if (goesOn && _host.ExitCode is null)
            exitCode = Prompt();
        return _interrupts.ExitCode ?? _host.ExitCode ?? exitCode;
    }

    public void Dispose()
    {
        _interrupts.Dispose();
        _runspace.Dispose();
    }

    private int RunRequest()
    {
        if (_commandLine.File is { } file)
            return RunFile(file);
        if (_commandLine.Command is { } text)
            return Execute(new Command(text, isScript: true, useLocalScope: false)) && LastSucceeded() ? 0 : 1;
        return 0;
    }

    private int RunFile(string file)
    {
        string path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            _host.UI.WriteErrorLine($"The argument '{file}' is not recognized as the name of a script file. "
                + "Check the spelling of the name, or if a path was included, verify that the path is correct.");
            return CommandLine.UsageExitCode;
        }

        // Without the extension it is not a script to the engine, but a program to start.
        bool isScript = Path.GetExtension(path).Equals(".ps1", StringComparison.OrdinalIgnoreCase);
        var command = isScript
            ? new Command(path, isScript: false, useLocalScope: false)
            : new Command(File.ReadAllText(path), isScript: true, useLocalScope: false);
        foreach (CommandParameter argument in _commandLine.FileArguments)
            command.Parameters.Add(argument);
        EngineInternals.LetExitReachHost(_runspace);
        return Execute(command) ? 0 : 1;
    }

    /// <summary>Reads and runs commands until <c>exit</c> or the end of standard input.</summary>
    private int Prompt()
    {
        _interrupts.EndProcess = false;
        var reader = new CommandReader(_host.Terminal, _runspace);
        _interrupts.WhileIdle = reader.StartAgain;
        while (_host.ExitCode is null && reader.Read() is { } text)
            Execute(new Command(text, isScript: true, useLocalScope: false));
        return LastSucceeded() ? 0 : 1;
    }

    /// <summary>Whether the command ran to its end. Its output and its errors are shown as they come.</summary>
    private bool Execute(Command command)
    {
        // Only what goes into the history leaves its $? behind.
        using Pipeline pipeline = _runspace.CreatePipeline(command.CommandText, addToHistory: true);
        pipeline.Commands.Clear();
        command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add(command);
        pipeline.Commands.Add(new Command("Out-Default", isScript: false, useLocalScope: true));
        try
        {
            using (_interrupts.Watch(pipeline))
                pipeline.Invoke();
            return true;
        }
        catch (PipelineStoppedException)
        {
            // Below the ^C that the terminal shows.
            if (!_interrupts.EndProcess)
                _host.Terminal.WriteLine("");
            return false;
        }
        catch (RuntimeException e)
        {
            ReportError(e);
            return false;
        }
    }

    private bool LastSucceeded()
    {
        using Pipeline pipeline = _runspace.CreatePipeline("$?");
        return pipeline.Invoke() is [{ BaseObject: true }];
    }

    private void ReportError(RuntimeException exception)
    {
        // The engine formats it as it formats any error, but would send it to standard output.
        string text = _host.Terminal.Capture(() =>
        {
            using Pipeline pipeline = _runspace.CreatePipeline();
            pipeline.Commands.Add("Out-Default");
            pipeline.Input.Write(exception.ErrorRecord);
            pipeline.Input.Close();
            pipeline.Invoke();
        });
        // Of an incomplete command it makes nothing.
        _host.UI.WriteErrorLine(string.IsNullOrWhiteSpace(text) ? exception.Message : text.Trim('\n'));
    }
}
