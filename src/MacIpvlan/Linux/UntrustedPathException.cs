namespace MacIpvlan.Linux;

/// <summary>A path leads through a folder or a link that another user can exchange.</summary>
/// <param name="path">The folder or the link.</param>
/// <param name="reason">What is wrong with it, worded to follow the path.</param>
/// <param name="action">What to do next.</param>
public sealed class UntrustedPathException(string path, string reason, string action) : IOException($"{path} {reason}")
{
    /// <summary>What to do next.</summary>
    public string RecommendedAction { get; } = action;
}
