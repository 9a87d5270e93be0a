using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MacIpvlan.Tests.Architecture;

/// <summary>Reads from a compiled assembly which folders of its source have types that use types of which others.</summary>
internal static partial class RoomReferences
{
    /// <summary>The folders, each with those that it uses; the root of the source is ".".</summary>
    /// <param name="folder">The folder of the source, from the repository's on.</param>
    /// <param name="assembly">The assembly's file.</param>
    public static ILookup<string, string> Read(string folder, string assembly)
    {
        Dictionary<string, string> rooms = Declarations(folder);
        using AssemblyDefinition definition = AssemblyDefinition.ReadAssembly(assembly);
        return definition.MainModule.Types.Where(t => rooms.ContainsKey(NameOf(t)))
            // What another assembly defines is only a reference here.
            .SelectMany(t => Used(t).OfType<TypeDefinition>().Select(u => (Room: rooms[NameOf(t)], Uses: rooms.GetValueOrDefault(NameOf(u)))))
            .Where(static p => p.Uses is not null && p.Uses != p.Room).Distinct()
            .ToLookup(static p => p.Room, static p => p.Uses!);
    }

    /// <summary>The folders of a source.</summary>
    public static IEnumerable<string> Rooms(string folder) => Declarations(folder).Values.Distinct();

    private static Dictionary<string, string> Declarations(string folder) => SourceTree.Read(folder)
        .SelectMany(static f => Declaration().Matches(f.Value).Select(m => (Name: m.Groups[1].Value, Room: RoomOf(f.Key))))
        .Distinct().ToDictionary(static d => d.Name, static d => d.Room);

    private static string RoomOf(string file) => file.Contains('/', StringComparison.Ordinal) ? file.Split('/')[0] : ".";

    // Generic types have the number of their parameters behind their names.
    private static string NameOf(TypeReference type)
    {
        while (type.DeclaringType is not null) type = type.DeclaringType;
        return type.Name.Split('`')[0];
    }

    private static IEnumerable<TypeReference> Used(TypeDefinition type) =>
        ((IEnumerable<TypeReference?>)[
            type.BaseType,
            .. type.Interfaces.Select(static i => i.InterfaceType),
            .. type.Fields.Select(static f => f.FieldType),
            .. type.CustomAttributes.Select(static a => a.AttributeType),
            .. type.GenericParameters.SelectMany(static p => p.Constraints).Select(static c => c.ConstraintType),
            .. type.Methods.SelectMany(Used)])
        .OfType<TypeReference>().SelectMany(Parts).Concat(type.NestedTypes.SelectMany(Used));

    private static IEnumerable<TypeReference> Used(MethodDefinition method) =>
        [
            .. Signature(method),
            .. method.CustomAttributes.Select(static a => a.AttributeType),
            .. method.HasBody ? method.Body.Variables.Select(static v => v.VariableType) : [],
            .. method.HasBody ? method.Body.Instructions.SelectMany(Used) : [],
        ];

    private static IEnumerable<TypeReference> Used(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        MethodReference method => [method.DeclaringType, .. Signature(method)],
        _ => [],
    };

    private static IEnumerable<TypeReference> Signature(MethodReference method) =>
        [
            method.ReturnType,
            .. method.Parameters.Select(static p => p.ParameterType),
            .. method is GenericInstanceMethod generic ? generic.GenericArguments : (IEnumerable<TypeReference>)[],
        ];

    // Of a list of NICs, the list and the NIC; of an array, what is in it.
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };

    [GeneratedRegex(@"^(?:\w+ )*(?:class|struct|interface|enum|record|delegate \S+) ([A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
