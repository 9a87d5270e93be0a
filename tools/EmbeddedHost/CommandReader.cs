using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using EmbeddedHost.Terminal;

namespace EmbeddedHost;

/// <summary>Reads commands from standard input, each of one or more lines.</summary>
internal sealed class CommandReader(TerminalUserInterface terminal, Runspace runspace)
{
    /// <summary>The next complete command, or null at the end of the input.</summary>
    public string? Read()
    {
        terminal.Write(PromptText());
        string? text = terminal.TryReadLine();
        while (text is not null && IsIncomplete(text))
        {
            terminal.Write(">> ");
            string? line = terminal.TryReadLine();
            if (string.IsNullOrEmpty(line))
                break;
            text += "\n" + line;
        }
        if (text is null)
            terminal.WriteLine("");
        return text;
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
