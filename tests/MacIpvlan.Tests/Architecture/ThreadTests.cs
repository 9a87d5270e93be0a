using MacIpvlan.Fleet;
using MacIpvlan.Linux;
using MacIpvlan.Runtimes;
using MacIpvlan.State.Sqlite;
using Mono.Cecil;

namespace MacIpvlan.Tests.Architecture;

/// <summary>
/// An exception that leaves a thread, a timer or a finalizer ends the whole pwsh. So code that the runtime calls by itself is
/// started in one place, which catches everything.
/// </summary>
public sealed class ThreadTests
{
    // A task keeps its exception for the one who waits. These wait for theirs.
    private static readonly string[] s_waitForTasks = ["ContainerFinder", "ContainerWatch"];

    // Its work for the shared threads catches everything itself.
    private static readonly string[] s_guarded = [nameof(SharedThreads)];

    public static TheoryData<Type> Assemblies =>
        [typeof(ContainerNic), typeof(SqliteStateStore), typeof(DockerRuntime), typeof(PostgresAddressDatabase), typeof(MacIpvlan.PowerShell.NetworkCommand)];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Threads_AreStartedInOnePlace(Type inAssembly)
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(inAssembly.Assembly.Location);
        Assert.Empty(assembly.MainModule.Types.SelectMany(static t => Calls(t).Where(c => IsStart(c, t.Name)).Select(c => $"{t.Name}: {c.FullName}")));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Finalizers_AreThoseOfSafeHandlesAlone(Type inAssembly)
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(inAssembly.Assembly.Location);
        Assert.Empty(assembly.MainModule.Types.SelectMany(static t => t.Methods).Where(static m => m.Name == "Finalize").Select(static m => m.FullName));
    }

    [Fact]
    public void Failure_OfAThreadIsPassedOn()
    {
        Exception? passed = null;

        WorkerThread.Start("test", static () => throw new InvalidOperationException("told"), e => passed = e).Join();

        Assert.Equal("told", passed?.Message);
    }

    [Fact]
    public void Failure_ThatCannotBePassedOnLeavesTheProcessAlone() =>
        WorkerThread.Start("test", static () => throw new InvalidOperationException(), static e => throw e).Join();

    private static bool IsStart(MethodReference called, string caller) => called.DeclaringType.FullName switch
    {
        "System.Threading.Thread" => called.Name == ".ctor" && caller != nameof(WorkerThread),
        "System.Threading.ThreadPool" or "System.Threading.Timer" => !s_guarded.Contains(caller),
        "System.Timers.Timer" or "System.Threading.Tasks.Parallel"
            or "System.Threading.Tasks.TaskFactory" or "System.Runtime.CompilerServices.AsyncVoidMethodBuilder" => true,
        "System.Threading.Tasks.Task" => called.Name == "Run" && !s_waitForTasks.Contains(caller),
        "System.AppDomain" => called.Name.StartsWith("add_", StringComparison.Ordinal) && caller != "Announcer",
        "System.Threading.CancellationToken" => called.Name is "Register" or "UnsafeRegister",
        _ => false,
    };

    private static IEnumerable<MethodReference> Calls(TypeDefinition type) => type.Methods.Where(static m => m.HasBody)
        .SelectMany(static m => m.Body.Instructions).Select(static i => i.Operand).OfType<MethodReference>()
        .Concat(type.NestedTypes.SelectMany(Calls));
}
