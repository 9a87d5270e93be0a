using System.Management.Automation.Host;

namespace EmbeddedHost.Terminal;

/// <summary>One question with a few answers, in the words and layout of pwsh.</summary>
internal sealed class ChoicePrompt(
    TerminalUserInterface terminal, IReadOnlyList<ChoiceDescription> choices, int defaultChoice)
{
    /// <summary>The index of the chosen answer.</summary>
    public int Ask(string caption, string message)
    {
        terminal.WriteLine("");
        foreach (string line in new[] { caption, message }.Where(l => !string.IsNullOrEmpty(l)))
            terminal.WriteLine(line);
        while (true)
        {
            string labels = string.Concat(choices.Select(c => $"[{Key(c)}] {Label(c)}  "));
            terminal.Write($"{labels}[?] Help{Default()}: ");
            string answer = terminal.ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            if (answer is "?")
                ShowHelp();
            else if (IndexOf(answer) is >= 0 and int index)
                return index;
        }
    }

    private static string Label(ChoiceDescription choice) => choice.Label.Replace("&", "", StringComparison.Ordinal);

    /// <summary>The letter after the ampersand.</summary>
    private static string Key(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark < 0 || mark == choice.Label.Length - 1
            ? choice.Label
            : char.ToUpperInvariant(choice.Label[mark + 1]).ToString();
    }

    private string Default() => defaultChoice < 0 ? "" : $" (default is \"{Key(choices[defaultChoice])}\")";

    private int IndexOf(string answer) => choices.ToList().FindIndex(c =>
        answer.Equals(Key(c), StringComparison.OrdinalIgnoreCase)
        || answer.Equals(Label(c), StringComparison.OrdinalIgnoreCase));

    private void ShowHelp()
    {
        foreach (ChoiceDescription choice in choices)
            terminal.WriteLine($"{Key(choice)} - {choice.HelpMessage}");
    }
}
