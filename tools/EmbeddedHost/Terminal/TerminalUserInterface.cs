using System.Collections.ObjectModel;
using System.Management.Automation.Host;
using System.Security;
using Microsoft.Win32.SafeHandles;

namespace EmbeddedHost.Terminal;

/// <summary>Writes the engine's streams to standard output and error, and reads answers from standard input.</summary>
internal sealed class TerminalUserInterface(bool isInteractive) : PSHostUserInterface
{
    private const int StandardInput = 0;

    /// <summary>The colours of ConsoleColor, in its order.</summary>
    private static readonly string[] s_foreground =
    [
        "\e[30m", "\e[34m", "\e[32m", "\e[36m", "\e[31m", "\e[35m", "\e[33m", "\e[37m",
        "\e[90m", "\e[94m", "\e[92m", "\e[96m", "\e[91m", "\e[95m", "\e[93m", "\e[97m",
    ];

    private readonly TerminalRawUserInterface _raw = new();
    private TextReader? _input;
    private TextWriter? _captured;
    private bool _isInLine;

    public override PSHostRawUserInterface RawUI => _raw;

    public override bool SupportsVirtualTerminal { get; } =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>
    /// Read straight from the descriptor: the terminal itself then edits the line and drops it on Ctrl+C, which the
    /// reader of the class Console does not.
    /// </summary>
    private TextReader Input => _input ??= new StreamReader(
        new FileStream(new SafeFileHandle(StandardInput, ownsHandle: false), FileAccess.Read));

    /// <summary>What <paramref name="action"/> makes the engine write, in lines of at most this width.</summary>
    public string Capture(Action action, int? width = null)
    {
        (TextWriter? previousWriter, int? previousWidth) = (_captured, _raw.Width);
        using var writer = new StringWriter();
        (_captured, _raw.Width) = (writer, width ?? previousWidth);
        try
        {
            action();
        }
        finally
        {
            (_captured, _raw.Width) = (previousWriter, previousWidth);
        }
        return writer.ToString();
    }

    public override void Write(string value)
    {
        if (_captured is not null)
        {
            _captured.Write(GetOutputString(value, supportsVirtualTerminal: false));
            return;
        }
        Console.Out.Write(GetOutputString(value, SupportsVirtualTerminal));
        if (value.Length > 0)
            _isInLine = value[^1] != '\n';
    }

    /// <summary>Ends the line that somebody has begun, if there is one.</summary>
    public void StartLine()
    {
        if (_isInLine)
            WriteLine("");
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Write(SupportsVirtualTerminal ? s_foreground[(int)foregroundColor] + value + PSStyle.Instance.Reset : value);

    public override void WriteLine(string value) => Write(value + "\n");

    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
        Write(foregroundColor, backgroundColor, value);
        WriteLine("");
    }

    public override void WriteErrorLine(string value)
    {
        if (_captured is not null)
        {
            WriteLine(value);
            return;
        }
        bool inColor = SupportsVirtualTerminal && !Console.IsErrorRedirected;
        Console.Error.WriteLine(GetOutputString(value, inColor));
    }

    public override void WriteWarningLine(string message) =>
        WriteStyled("WARNING: ", message, PSStyle.Instance.Formatting.Warning);

    public override void WriteVerboseLine(string message) =>
        WriteStyled("VERBOSE: ", message, PSStyle.Instance.Formatting.Verbose);

    public override void WriteDebugLine(string message) =>
        WriteStyled("DEBUG: ", message, PSStyle.Instance.Formatting.Debug);

    /// <summary>Nothing: progress is for people who watch, and the output of this host is read afterwards.</summary>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    /// <exception cref="PSInvalidOperationException">Nobody can answer.</exception>
    public override string ReadLine()
    {
        CheckInteractive();
        return TryReadLine() ?? throw new PSInvalidOperationException(
            "Standard input has ended. Read and Prompt functionality is not available.");
    }

    /// <summary>The next line of standard input, or null at its end.</summary>
    public string? TryReadLine() => Input.ReadLine();

    public override SecureString ReadLineAsSecureString()
    {
        var text = new SecureString();
        foreach (char c in ReadLine())
            text.AppendChar(c);
        return text;
    }

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        CheckInteractive();
        return new ChoicePrompt(this, choices, defaultChoice).Ask(caption, message);
    }

    /// <summary>Reads mandatory parameters that a command was called without, as text.</summary>
    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions)
    {
        // The binder turns this exception into its usual error for a missing parameter.
        if (!isInteractive || Console.IsInputRedirected)
            throw new PSInvalidOperationException("There is nobody to ask for a value.");
        WriteLine(caption);
        WriteLine(message);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            Write(field.Name + ": ");
            answers[field.Name] = PSObject.AsPSObject(ReadLine());
        }
        return answers;
    }

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) =>
        throw new PSNotSupportedException("This host does not ask for credentials.");

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        PromptForCredential(caption, message, userName, targetName);

    private void CheckInteractive()
    {
        if (!isInteractive)
        {
            throw new PSInvalidOperationException(
                "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");
        }
    }

    /// <summary>Shows a record of a stream; redirected to a file it is its mere text.</summary>
    private void WriteStyled(string prefix, string message, string style)
    {
        if (_captured is not null)
            WriteLine(message);
        else if (SupportsVirtualTerminal)
            WriteLine(style + prefix + message + PSStyle.Instance.Reset);
        else
            WriteLine(prefix + message);
    }
}
