using MacIpvlan.Containers;

namespace MacIpvlan;

/// <summary>
/// Restores the NICs of a container, and connects those that its annotations ask for, while its runtime waits for that before it
/// starts the container's program.
/// </summary>
/// <param name="session">The session, whose only runtime is that of <see cref="RuntimeOf"/>.</param>
/// <param name="confirm">Asked before each change, with the target and the action.</param>
public sealed class ContainerStart(NetworkSession session, Func<string, string, bool> confirm)
{
    /// <summary>What the session asks in place of the host's runtimes.</summary>
    public static IContainerRuntime RuntimeOf(OciState state, NetworkSession session) =>
        new WaitingRuntime(state, new ContainerNics(session).GetAll().FirstOrDefault(n => n.ContainerId == state.Id)?.Record.Container);

    /// <summary>Does it for the container.</summary>
    /// <returns>Each item, as soon as it has been processed.</returns>
    public IEnumerable<RestoredItem> Run(OciState state)
    {
        LabelKeeper labels = new(session, confirm) { IsBeforeStart = true };
        return new ContainerRestoration(session, confirm, labels).Restore(session.Containers.Runtimes[0], state.Id);
    }
}
