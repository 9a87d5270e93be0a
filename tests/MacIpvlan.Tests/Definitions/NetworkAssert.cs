namespace MacIpvlan.Tests.Definitions;

/// <summary>Asserts that a rule of the domain refuses an action.</summary>
internal static class NetworkAssert
{
    /// <summary>The action is refused for that reason, in a text that has those words.</summary>
    public static NetworkException Refused(NetworkError error, Action action, params string[] words)
    {
        NetworkException e = Assert.ThrowsAny<NetworkException>(action);
        Assert.Equal(error, e.Error);
        Assert.All(words, word => Assert.Contains(word, e.Message, StringComparison.Ordinal));
        return e;
    }
}
