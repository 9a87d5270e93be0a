using System.Text.Json;

namespace MacIpvlan.Containers;

/// <summary>
/// The state of a container that its runtime is creating, as it tells its hooks (OCI runtime specification, "State").
/// </summary>
/// <param name="Id">The container's id: 64 hexadecimal digits.</param>
/// <param name="ProcessId">The process that becomes the container's program.</param>
public sealed record OciState(string Id, int ProcessId)
{
    /// <summary>The annotations for this module, which have the names of its labels; empty if it has none.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; private init; } = ContainerLabels.None;

    /// <summary>Reads a state.</summary>
    /// <param name="text">The JSON that the hook gets on its standard input.</param>
    /// <exception cref="NetworkException">InvalidDefinition: it isn't the state of a container that is being created.</exception>
    public static OciState Parse(string text)
    {
        try
        {
            return Read(JsonElement.Parse(text));
        }
        catch (JsonException)
        {
            throw Invalid("it isn't valid JSON");
        }
        catch (InvalidOperationException)
        {
            // .NET throws this for an unpaired surrogate.
            throw Invalid("it contains text that isn't valid Unicode");
        }
    }

    private static OciState Read(JsonElement state)
    {
        if (state.ValueKind != JsonValueKind.Object) throw Invalid("it isn't an object");
        string id = state.TryGetProperty("id", out JsonElement given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "";
        if (!Container.IsId(id)) throw Invalid("its id doesn't have 64 hexadecimal digits");
        if (!state.TryGetProperty("pid", out JsonElement pid) || pid.ValueKind != JsonValueKind.Number
            || !pid.TryGetInt32(out int process) || process <= 0) throw Invalid("it has no process");
        return new(id, process)
        {
            Annotations = state.TryGetProperty("annotations", out JsonElement all) && all.ValueKind == JsonValueKind.Object
                ? ContainerLabels.Select(all.EnumerateObject().Where(static a => a.Value.ValueKind == JsonValueKind.String)
                    .DistinctBy(static a => a.Name).ToDictionary(static a => a.Name, static a => a.Value.GetString()!))
                : ContainerLabels.None,
        };
    }

    private static NetworkException Invalid(string reason) => new(
        NetworkError.InvalidDefinition,
        $"This isn't the state of a container: {reason}.",
        "Pass on what the runtime wrote to the standard input of its createRuntime hook.");
}
