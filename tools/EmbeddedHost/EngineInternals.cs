using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace EmbeddedHost;

/// <summary>
/// The few parts of the engine that pwsh's own host and commands use and that are not published. Their names are those
/// of System.Management.Automation 7.6; a missing one throws at its first use.
/// </summary>
internal static class EngineInternals
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
    private const string Formatting = "Microsoft.PowerShell.Commands.Internal.Format.";

    private static readonly Assembly s_engine = typeof(PSObject).Assembly;

    /// <summary>Lets <c>exit</c> in the script file that runs next end the host with its code, as in pwsh.</summary>
    public static void LetExitReachHost(Runspace runspace)
    {
        object context = typeof(Runspace).GetProperty("ExecutionContext", Members)!.GetValue(runspace)!;
        context.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Members)!.SetValue(context, true);
    }

    /// <summary>What a command throws to end those before it in the pipeline, which would go on for nothing.</summary>
    public static Exception StopUpstreamCommands(Cmdlet requester)
    {
        Type type = s_engine.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        return (Exception)Activator.CreateInstance(type, Members, null, [requester], null)!;
    }

    /// <summary>
    /// Makes a formatting command of one of the engine's base classes, which have the parameters and do the work.
    /// </summary>
    /// <param name="command">The command under construction.</param>
    /// <param name="shape">Table or List.</param>
    public static void SetShape(FrontEndCommandBase command, string shape)
    {
        Type shapes = s_engine.GetType(Formatting + "FormatShape", throwOnError: true)!;
        Type formatter = s_engine.GetType(Formatting + "InnerFormatShapeCommand", throwOnError: true)!;
        object inner = Activator.CreateInstance(formatter, Members, null, [Enum.Parse(shapes, shape)], null)!;
        typeof(FrontEndCommandBase).GetField("implementation", Members)!.SetValue(command, inner);
    }

    /// <summary>Makes the caller of Write-Error, not the command itself, the place of the error.</summary>
    public static void SetPosition(ErrorRecord error, InvocationInfo caller)
    {
        typeof(ErrorRecord).GetMethod("SetInvocationInfo", Members)!.Invoke(error, [caller]);
        typeof(ErrorRecord).GetProperty("PreserveInvocationInfoOnce", Members)!.SetValue(error, true);
    }
}
