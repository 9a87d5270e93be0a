using System.Reflection;
using MacIpvlan.State;
using MacIpvlan.Tests.State;

namespace MacIpvlan.Tests.Upkeep;

/// <summary>The recovery after commands that died, while other commands go on.</summary>
public sealed class RecoveryTests : StateTest
{
    [Fact]
    public void Nic_OfANetworkThatIsMadeMeanwhileIsCleanedUp()
    {
        Abandon("old");
        Interposed store = Interposed.Before(Store, nameof(IStateStore.TakeAbandonedNics), () => Abandon("new"));
        using NetworkSession session = new(_ => (IStateStore)(object)store) { Recovering = static _ => { } };

        Recovery.Run(session);

        Assert.Empty(Store.GetNics());
        Assert.Equal(2, Store.GetNetworks().Count);
    }

    private void Abandon(string name)
    {
        using MacIpvlan.State.Sqlite.SqliteStateStore dying = State.Open();
        NetworkRecord network = Network(name, Subnet("10.0.0.0/24", "10.0.0.1"));
        dying.AddNetwork(network);
        dying.ReserveNic(Nic(network, $"{name}-gone"), network, [IPv4]);
    }

    /// <summary>A store that has something happen before one of its calls, once.</summary>
    public class Interposed : DispatchProxy
    {
        private IStateStore _store = null!;
        private string _call = "";
        private Action? _action;

        public static Interposed Before(IStateStore store, string call, Action action)
        {
            Interposed proxy = (Interposed)(object)Create<IStateStore, Interposed>();
            (proxy._store, proxy._call, proxy._action) = (store, call, action);
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == _call)
            {
                _action?.Invoke();
                _action = null;
            }

            return targetMethod.Invoke(_store, args);
        }
    }
}
