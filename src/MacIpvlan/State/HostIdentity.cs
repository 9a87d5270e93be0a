namespace MacIpvlan.State;

/// <summary>Identifies the host that rows of the state belong to.</summary>
public static class HostIdentity
{
    private const string MachineIdFile = "/etc/machine-id";

    /// <summary>The machine id (machine-id(5)), or the host's name if it has no machine id.</summary>
    public static string Read()
    {
        string id = File.Exists(MachineIdFile) ? File.ReadAllText(MachineIdFile).Trim() : "";
        return id.Length > 0 ? id : Environment.MachineName;
    }
}
