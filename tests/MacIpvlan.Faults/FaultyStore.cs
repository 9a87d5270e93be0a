using System.Reflection;
using System.Runtime.ExceptionServices;
using MacIpvlan.State;

namespace MacIpvlan.Faults;

/// <summary>A state store with a fault point before and after each call that writes.</summary>
public class FaultyStore : DispatchProxy
{
    // To die before or after a look makes no difference.
    private static readonly string[] s_looks = ["Get", "Needs", "Dispose", "Lock"];
    private IStateStore _store = null!;

    public static IStateStore Over(IStateStore store)
    {
        IStateStore proxy = Create<IStateStore, FaultyStore>();
        ((FaultyStore)(object)proxy)._store = store;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        bool writes = !s_looks.Any(l => targetMethod!.Name.StartsWith(l, StringComparison.Ordinal));
        try
        {
            if (writes) FaultPoints.Reach($"before: {targetMethod!.Name}");
            object? result = targetMethod!.Invoke(_store, args);
            if (writes) FaultPoints.Reach($"after: {targetMethod.Name}");
            return result;
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }
}
