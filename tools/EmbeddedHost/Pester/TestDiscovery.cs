namespace EmbeddedHost.Pester;

/// <summary>Collects the blocks and tests of one file, while its keywords run for the first time.</summary>
internal sealed class TestDiscovery(TestScopes scopes, TestContainer container)
{
    [ThreadStatic]
    private static TestDiscovery? s_current;

    private TestBlock _block = container.Root;

    /// <summary>Where keywords add what they define.</summary>
    /// <exception cref="PSInvalidOperationException">A keyword is used outside a test file.</exception>
    public static TestDiscovery Current => s_current
        ?? throw new PSInvalidOperationException("Test keywords work in a *.Tests.ps1 file that Invoke-Pester runs.");

    /// <summary>The block that is being defined.</summary>
    public TestBlock Block => _block;

    public TestScopes Scopes => scopes;

    public void Run()
    {
        TestDiscovery? outer = s_current;
        s_current = this;
        try
        {
            if (scopes.RunFile(container.Item) is { } error)
                container.ErrorRecord.Add(error);
        }
        finally
        {
            s_current = outer;
        }
    }

    /// <summary>Adds the block and runs its body in a scope of its own, which defines what is in it.</summary>
    public void Add(TestBlock block)
    {
        _block.Order.Add(block);
        TestBlock outer = _block;
        _block = block;
        try
        {
            ErrorRecord? error = null;
            scopes.InNewScope(() =>
            {
                scopes.SetData(block);
                error = scopes.Run(block.Body);
            });
            if (error is not null)
                throw new RuntimeException(error.Exception.Message, error.Exception, error);
        }
        finally
        {
            _block = outer;
        }
    }

    public void Add(TestCase test)
    {
        if (_block.Parent is null)
            throw new PSInvalidOperationException("A test must be inside a Describe or Context.");
        _block.Order.Add(test);
    }
}
