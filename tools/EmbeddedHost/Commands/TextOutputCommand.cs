using EmbeddedHost.Terminal;

namespace Microsoft.PowerShell.Commands;

/// <summary>Collects objects and lays them out as text, as the terminal would show them.</summary>
public abstract class TextOutputCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter, ValidateRange(2, int.MaxValue)] public int? Width { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            _items.Add(InputObject);
    }

    /// <summary>Ends with a line break if there is any text.</summary>
    protected string Layout()
    {
        var terminal = (TerminalUserInterface)Host.PrivateData.BaseObject;
        // Out-Host leaves the last column free.
        int width = (Width ?? Host.UI.RawUI.BufferSize.Width) + 1;
        return terminal.Capture(
            () => InvokeCommand.InvokeScript("$args[0] | Out-Host", useNewScope: true, default, null, _items), width);
    }
}
