using System.Collections;
using System.Management.Automation.Runspaces;
using System.Runtime.ExceptionServices;

namespace EmbeddedHost.Pester;

/// <summary>
/// Runs the script blocks of a test file in variable scopes that nest as the blocks do. Cmdlets have no scope of their
/// own, so what they call lands in the scope that they were called from.
/// </summary>
internal sealed class TestScopes(EngineIntrinsics engine)
{
    // Test code sees these two names, so they are such that it does not use them.
    private const string RunBlock =
        "param($______body, $______arguments) try { $null = . $______body @______arguments } catch { $_ }";

    /// <summary>A script that only calls back: only files have $script: variables of their own.</summary>
    private static readonly string s_scopeFile = Path.Combine(AppContext.BaseDirectory, "Pester", "TestScope.ps1");

    /// <summary>Ends the part of a stack trace that is the user's.</summary>
    public static string ScopeFile => s_scopeFile;

    // $args leaves no variable behind that test code could see or overwrite.
    public void InNewScope(Action action) => Call("$args[0].Invoke()", action);

    public void InFileScope(Action action) => Call("& $args[1] $args[0]", action, s_scopeFile);

    /// <summary>Runs a file as a script of its own, and returns the error that ended it, if any.</summary>
    public ErrorRecord? RunFile(string path) => Catch("try { $null = & $args[0] } catch { $_ }", path);

    /// <summary>Runs the block in the current scope and returns the error that ended it, if any.</summary>
    public ErrorRecord? Run(ScriptBlock block, params object?[] arguments) => Catch(RunBlock, block, arguments);

    /// <summary>Replaces the templates in the item's name, and returns the error of one that fails.</summary>
    public ErrorRecord? ExpandName(TestItem item)
    {
        if (!item.Name.Contains('<', StringComparison.Ordinal))
            return null;
        var name = new PSReference(null);
        string script = "try { $args[0].Value = " + NameTemplate.Literal(item.Name) + " } catch { $_ }";
        ErrorRecord? error = Catch(script, name);
        item.ExpandedName = name.Value?.ToString() ?? item.Name;
        return error;
    }

    /// <summary>Makes an element of -ForEach the current <c>$_</c>, and the entries of a table variables.</summary>
    public void SetData(TestItem item)
    {
        if (!item.HasData)
            return;
        engine.SessionState.PSVariable.Set("_", item.Data);
        foreach (DictionaryEntry entry in AsTable(item.Data) ?? new Hashtable())
            engine.SessionState.PSVariable.Set(entry.Key.ToString(), entry.Value);
    }

    public static IDictionary? AsTable(object? data) => ValueText.Plain(data) as IDictionary;

    /// <summary>Calls back from a script, which would take an exception for an error of its own.</summary>
    private void Call(string script, Action action, string? file = null)
    {
        ExceptionDispatchInfo? failure = null;
        Action guarded = () =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        };
        engine.InvokeCommand.InvokeScript(script, true, PipelineResultTypes.Error, null, guarded, file);
        failure?.Throw();
    }

    /// <summary>
    /// The script catches, as Pester's does: errors that end a statement then end the block, and the others are shown.
    /// </summary>
    private ErrorRecord? Catch(string script, params object?[] arguments)
    {
        try
        {
            var caught = engine.InvokeCommand.InvokeScript(script, false, PipelineResultTypes.Error, null, arguments);
            return caught.Select(c => c.BaseObject).OfType<ErrorRecord>().FirstOrDefault();
        }
        catch (LoopFlowException e)
        {
            // A break or continue outside a loop ends the block, as in Pester.
            return string.IsNullOrEmpty(e.Label)
                ? null
                : Escaped($"A break or continue with the label '{e.Label}' matches no loop.");
        }
        catch (ExitException e)
        {
            // It would end the run, and report success for all that did not run.
            return Escaped($"The code called exit with {e.Argument}.");
        }
    }

    private static ErrorRecord Escaped(string message)
    {
        var cause = new InvalidOperationException(message);
        return new ErrorRecord(cause, "PesterFlowControlStatementEscaped", ErrorCategory.InvalidOperation, null);
    }
}
