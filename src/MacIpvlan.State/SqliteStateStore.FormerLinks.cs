using MacIpvlan.Linux;

namespace MacIpvlan.State.Sqlite;

/// <content>Links that NICs had before they were made anew, as long as nobody has looked for them.</content>
public sealed partial class SqliteStateStore
{
    private const string FormerLinkColumns =
        """
        f.nic_id, f.namespace_name, f.namespace_path, f.namespace_device, f.namespace_inode, f.boot_id, f.namespace_cookie, f.interface_name,
            f.interface_index, f.parent_index, f.mac_address, f.rowid AS rowid
        """;

    /// <inheritdoc/>
    public void AddFormerLink(NicRecord former) => _database.Write(() => _database.Execute(
        """
        INSERT OR REPLACE INTO former_links (nic_id, worker, namespace_name, namespace_path, namespace_device, namespace_inode, boot_id,
            namespace_cookie, interface_name, interface_index, parent_index, mac_address)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        former.Id, Worker.Number, former.NamespaceName, former.NamespacePath, (long)former.Namespace.Device, (long)former.Namespace.Inode,
        former.NamespaceBirth.BootId, (long)former.NamespaceBirth.Cookie, former.InterfaceName, former.InterfaceIndex, former.ParentIndex,
        former.MacAddress.ToString()));

    /// <inheritdoc/>
    public void RemoveFormerLink(NicRecord former) => _database.Write(() => _database.Execute(
        "DELETE FROM former_links WHERE nic_id = $1 AND namespace_inode = $2 AND namespace_cookie = $3 AND boot_id = $4",
        former.Id, (long)former.Namespace.Inode, (long)former.NamespaceBirth.Cookie, former.NamespaceBirth.BootId));

    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> GetFormerLinks(string nicId) => _database.Read(() => ReadFormerLinks("f.nic_id = $1", nicId));

    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> TakeAbandonedFormerLinks() => _database.Write(() =>
    {
        List<NicRecord> taken = [];
        foreach (long dead in Dead("former_links f JOIN nics n ON n.id = f.nic_id", "f"))
        {
            taken.AddRange(ReadFormerLinks("f.worker = $1", dead));
            _database.Execute("UPDATE former_links SET worker = $2 WHERE worker = $1", dead, Worker.Number);
        }

        return taken;
    });

    private List<NicRecord> ReadFormerLinks(string condition, object value) => [.. _database.Query(
        $"SELECT {FormerLinkColumns} FROM former_links f WHERE {condition} ORDER BY f.rowid",
        r => ReadNics("n.id = $1", r.GetString(0)) is [NicRecord nic] ? nic with
        {
            NamespaceName = r.GetString(1),
            NamespacePath = r.GetString(2),
            Namespace = new NamespaceIdentity((ulong)r.GetInt64(3), (ulong)r.GetInt64(4)),
            NamespaceBirth = new NamespaceBirth(r.GetString(5), (ulong)r.GetInt64(6)),
            InterfaceName = r.GetString(7),
            InterfaceIndex = r.GetInt32(8),
            ParentIndex = r.GetInt32(9),
            MacAddress = r.GetMacAddress(10),
        }
        : throw new FormatException("there is no such NIC"),
        value)];
}
