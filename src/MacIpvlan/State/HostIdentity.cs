namespace MacIpvlan.State;

/// <summary>Which host the state's rows are for.</summary>
public static class HostIdentity
{
    private const string MachineIdFile = "/etc/machine-id";

    /// <summary>The machine id (machine-id(5)), or the host's name where there is none.</summary>
    public static string Read()
    {
        string id = File.Exists(MachineIdFile) ? File.ReadAllText(MachineIdFile).Trim() : "";
        return id.Length > 0 ? id : Environment.MachineName;
    }
}
