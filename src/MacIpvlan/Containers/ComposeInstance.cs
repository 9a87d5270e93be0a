using System.Globalization;
using System.Text.RegularExpressions;

namespace MacIpvlan.Containers;

/// <summary>
/// An instance of a Compose service, by the labels that Compose gives its container: com.docker.compose.project, .service and
/// .container-number. It outlives the container, which is made anew for each new image.
/// </summary>
/// <param name="Project">The project.</param>
/// <param name="Service">The service.</param>
/// <param name="Number">The instance's number among those of the service, from 1.</param>
public sealed partial record ComposeInstance(string Project, string Service, int Number)
{
    private const string Label = "com.docker.compose.";

    /// <summary>Reads the labels of a container.</summary>
    /// <returns>Null if it isn't Compose's, or the labels aren't what Compose writes.</returns>
    public static ComposeInstance? Find(IDictionary<string, string>? labels) =>
        labels is not null && labels.TryGetValue(Label + "project", out string? project) && NameSyntax().IsMatch(project)
        && labels.TryGetValue(Label + "service", out string? service) && NameSyntax().IsMatch(service)
        && labels.TryGetValue(Label + "container-number", out string? text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? new(project, service, number)
            : null;

    /// <summary>
    /// Whether Compose itself, in version 2 or 1, gives the instance's container this name. An image can carry such labels too,
    /// but doesn't choose the name.
    /// </summary>
    public bool IsUsualName(string name) => name == $"{Project}-{Service}-{Number}" || name == $"{Project}_{Service}_{Number}";

    /// <summary>Project, service and number, such as shop/web/1.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Project}/{Service}/{Number}");

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}\z")]
    private static partial Regex NameSyntax();
}
