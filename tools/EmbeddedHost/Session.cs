using System.Management.Automation.Host;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using EmbeddedHost.Commands;

namespace EmbeddedHost;

/// <summary>Opens a runspace with the commands of the engine and those of this program.</summary>
internal static class Session
{
    private const string ModulePath = "PSModulePath";

    public static Runspace Open(PSHost host)
    {
        // Modules of an installed pwsh would replace our commands; opening the runspace adds their folders, too.
        string[] folders = (Environment.GetEnvironmentVariable(ModulePath) ?? "").Split(Path.PathSeparator);
        string own = string.Join(Path.PathSeparator, folders.Where(f => !HasCommandsOfPwsh(f)));
        var state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.UseCurrentThread;
        AddCmdlets(state);
        Runspace runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        Environment.SetEnvironmentVariable(ModulePath, own);
        DefineFunctions(runspace);
        return runspace;
    }

    private static bool HasCommandsOfPwsh(string folder) =>
        Directory.Exists(Path.Join(folder, "Microsoft.PowerShell.Utility"));

    private static void AddCmdlets(InitialSessionState state)
    {
        foreach ((string name, Type type) in CommandTable.Cmdlets)
            state.Commands.Add(new SessionStateCmdletEntry(name, type, helpFileName: null));
        foreach ((string name, string command) in CommandTable.Aliases)
            state.Commands.Add(new SessionStateAliasEntry(name, command));
    }

    /// <summary>One by one, which takes half the time of running the script that holds them.</summary>
    private static void DefineFunctions(Runspace runspace)
    {
        using Stream script = typeof(Session).Assembly.GetManifestResourceStream("Functions.ps1")!;
        using var reader = new StreamReader(script);
        ScriptBlockAst ast = Parser.ParseInput(reader.ReadToEnd(), out _, out _);
        foreach (FunctionDefinitionAst function in ast.EndBlock.Statements.Cast<FunctionDefinitionAst>())
        {
            runspace.SessionStateProxy.InvokeProvider.Item.Set(
                "function:" + function.Name, function.Body.GetScriptBlock());
        }
    }
}
