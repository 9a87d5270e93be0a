namespace EmbeddedHost.Pester;

/// <summary>The drive TestDrive: and the variable $TestDrive: a temporary folder for one test file.</summary>
internal sealed class TestDrive : IDisposable
{
    private const string Name = "TestDrive";

    private readonly SessionState _session;
    private readonly PSDriveInfo? _outer;
    private readonly object? _outerVariable;
    private readonly DirectoryInfo _folder;

    public TestDrive(SessionState session)
    {
        _session = session;
        _outerVariable = session.PSVariable.GetValue("global:" + Name);
        _outer = session.Drive.GetAll().FirstOrDefault(d => d.Name == Name);
        if (_outer is not null)
            session.Drive.Remove(Name, force: true, "global");
        _folder = Directory.CreateTempSubdirectory("Pester_");
        ProviderInfo fileSystem = session.Provider.GetOne("FileSystem");
        session.Drive.New(new PSDriveInfo(Name, fileSystem, _folder.FullName, "Pester test drive", null), "global");
        session.PSVariable.Set("global:" + Name, _folder.FullName);
    }

    /// <summary>Remembers what is in the folder, and removes what has been added when the result is disposed.</summary>
    public IDisposable Snapshot() => new AddedContent(_folder);

    public void Dispose()
    {
        // The current location may be inside.
        if (_session.Path.CurrentLocation.Drive?.Name == Name)
            _session.Path.SetLocation(Path.GetTempPath());
        _session.Drive.Remove(Name, force: true, "global");
        _folder.Delete(recursive: true);
        if (_outer is not null)
            _session.Drive.New(_outer, "global");
        _session.PSVariable.Set("global:" + Name, _outerVariable);
    }

    private sealed class AddedContent(DirectoryInfo folder) : IDisposable
    {
        private readonly HashSet<string> _before = [.. Names(folder)];

        public void Dispose()
        {
            try
            {
                RemoveAdded(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What cannot be removed is reported at the end of the file, when the whole folder goes.
            }
        }

        private void RemoveAdded(DirectoryInfo parent)
        {
            foreach (FileSystemInfo entry in parent.GetFileSystemInfos())
            {
                // What a link leads to is not ours.
                bool isFolder = entry is DirectoryInfo && entry.LinkTarget is null;
                if (_before.Contains(entry.FullName))
                {
                    if (isFolder)
                        RemoveAdded((DirectoryInfo)entry);
                }
                else if (isFolder)
                    ((DirectoryInfo)entry).Delete(recursive: true);
                else
                    File.Delete(entry.FullName);
            }
        }

        private static IEnumerable<string> Names(DirectoryInfo parent) => parent.GetFileSystemInfos().SelectMany(
            e => e is DirectoryInfo { LinkTarget: null } inner ? Names(inner).Prepend(e.FullName) : [e.FullName]);
    }
}
