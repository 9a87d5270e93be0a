using System.Management.Automation.Runspaces;

namespace EmbeddedHost;

/// <summary>What the process was asked to do. Options, their short forms and exit codes are those of pwsh.</summary>
internal sealed class CommandLine
{
    /// <summary>The exit code of pwsh for a wrong option or a script file that does not exist.</summary>
    public const int UsageExitCode = 64;

    private static readonly (string Name, string Shortest)[] s_options =
    [
        ("file", "f"), ("command", "c"), ("import", "im"), ("noexit", "noe"), ("noninteractive", "noni"),
        ("noprofile", "nop"), ("nologo", "nol"), ("executionpolicy", "ex"), ("workingdirectory", "w"),
    ];

    private CommandLine()
    {
    }

    /// <summary>Modules to import first.</summary>
    public List<string> Imports { get; } = [];

    public string? File { get; private set; }

    public List<CommandParameter> FileArguments { get; } = [];

    public string? Command { get; private set; }

    public bool NoExit { get; private set; }

    public bool IsInteractive { get; private set; } = true;

    /// <exception cref="FormatException">An option is unknown or lacks its value.</exception>
    public static CommandLine Parse(string[] args)
    {
        var result = new CommandLine();
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out string? arg))
            result.Take(arg, rest);
        return result;
    }

    private void Take(string arg, Queue<string> rest)
    {
        switch (OptionName(arg))
        {
            case "file": TakeFile(Value(arg, rest), rest); break;
            case "command": TakeCommand(Value(arg, rest), rest); break;
            case "import": Imports.Add(Value(arg, rest)); break;
            case "noexit": NoExit = true; break;
            case "noninteractive": IsInteractive = false; break;
            case "workingdirectory": Environment.CurrentDirectory = Value(arg, rest); break;
            case "executionpolicy": Value(arg, rest); break;
            case "noprofile" or "nologo": break;
            case null when !arg.StartsWith('-'): TakeFile(arg, rest); break;
            default: throw new FormatException($"The option '{arg}' is not known.");
        }
    }

    private static string? OptionName(string arg)
    {
        if (!arg.StartsWith('-'))
            return null;
        string name = arg.TrimStart('-').ToLowerInvariant();
        return s_options.FirstOrDefault(o => o.Name.StartsWith(name, StringComparison.Ordinal)
            && name.StartsWith(o.Shortest, StringComparison.Ordinal)).Name;
    }

    private static string Value(string option, Queue<string> rest) =>
        rest.TryDequeue(out string? value) ? value : throw new FormatException($"The option '{option}' needs a value.");

    private void TakeCommand(string text, Queue<string> rest)
    {
        Command = text is "-" ? Console.In.ReadToEnd() : string.Join(' ', rest.Prepend(text));
        rest.Clear();
    }

    private void TakeFile(string path, Queue<string> rest)
    {
        File = path;
        while (rest.TryDequeue(out string? arg))
            FileArguments.Add(ScriptArgument(arg, rest));
    }

    /// <summary>
    /// <c>-Name</c> stays a name of its own, so that the binder decides whether the next argument is its value;
    /// <c>-Name:value</c> is both.
    /// </summary>
    private static CommandParameter ScriptArgument(string arg, Queue<string> rest)
    {
        if (arg.Length < 2 || arg[0] != '-' || !(char.IsLetter(arg[1]) || arg[1] is '_' or '?'))
            return new CommandParameter(null, arg);
        int colon = arg.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return new CommandParameter(arg);
        if (colon == arg.Length - 1)
            return new CommandParameter(arg[..colon], rest.TryDequeue(out string? next) ? next : null);
        string value = arg[(colon + 1)..];
        return new CommandParameter(arg[..colon], bool.TryParse(value.TrimStart('$'), out bool flag) ? flag : value);
    }
}
