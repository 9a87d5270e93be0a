using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using EmbeddedHost.Terminal;

namespace EmbeddedHost;

/// <summary>Reads commands from standard input, each of one or more lines.</summary>
internal sealed class CommandReader(TerminalUserInterface terminal, Runspace runspace)
{
    private string _prompt = "";
    private string? _text;

    /// <summary>The next complete command, or null at the end of the input.</summary>
    public string? Read()
    {
        _text = null;
        _prompt = PromptText();
        terminal.Write(_prompt);
        while (terminal.TryReadLine() is { } line)
        {
            // An empty line ends a command of several lines, complete or not.
            bool ends = _text is not null && line.Length == 0;
            _text = _text is null ? line : _text + "\n" + line;
            if (ends || !IsIncomplete(_text))
                return _text;
            terminal.Write(">> ");
        }
        terminal.WriteLine("");
        return null;
    }

    /// <summary>Drops what has been typed so far. The terminal has done so with the current line.</summary>
    public void StartAgain()
    {
        _text = null;
        terminal.Write("\n" + _prompt);
    }

    private static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return errors.Any(e => e.IncompleteInput);
    }

    private string PromptText()
    {
        try
        {
            using Pipeline pipeline = runspace.CreatePipeline("prompt");
            return string.Concat(pipeline.Invoke());
        }
        catch (RuntimeException)
        {
            // A prompt function of the user's own that fails.
            return "PS> ";
        }
    }
}
