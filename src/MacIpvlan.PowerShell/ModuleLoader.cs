using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Loads what third parties made. Everything but Tmds.LibC goes into a context of its own, so that other modules'
/// versions of the same packages neither break this one nor are broken by it.
/// </summary>
public sealed class ModuleLoader : IModuleAssemblyInitializer
{
    private static readonly PrivateContext s_context = new();

    // Once for the process and never taken back: other runspaces may be using the module.
    static ModuleLoader() => AssemblyLoadContext.Default.Resolving += Resolve;

    /// <inheritdoc/>
    public void OnImport()
    {
        // PowerShell finds types by name only in assemblies that are loaded.
        _ = typeof(ContainerNic).Assembly.FullName;
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) => name.Name switch
    {
        "MacIpvlan.State" or "MacIpvlan.Runtimes" => s_context.LoadFromAssemblyName(name),
        // Its only user is the core, which lives in the default context and so must find it there.
        "Tmds.LibC" when s_context.Find("Tmds.LibC.dll") is string path
            && AssemblyName.GetAssemblyName(path).Version == name.Version => context.LoadFromAssemblyPath(path),
        _ => null,
    };

    private sealed class PrivateContext() : AssemblyLoadContext("MacIpvlan")
    {
        private readonly string _folder =
            Path.Combine(Path.GetDirectoryName(typeof(PrivateContext).Assembly.Location)!, "private");

        // The folder of the wrong architecture would load too, with wrong constants.
        private readonly string _runtime =
            RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

        public string? Find(string file) => new[] { Path.Combine(_folder, "runtimes", _runtime, file), Path.Combine(_folder, file) }
            .FirstOrDefault(File.Exists);

        // Null leaves the rest, the core above all, to the default context.
        protected override Assembly? Load(AssemblyName name) =>
            Find(name.Name + ".dll") is string path ? LoadFromAssemblyPath(path) : null;

        protected override nint LoadUnmanagedDll(string name) =>
            Find($"lib{name}.so") is string path ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
