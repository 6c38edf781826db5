namespace Recurrent.Formats.Hdf5;

/// <summary>A message of an object's header.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Body">Its contents.</param>
internal readonly record struct Hdf5Message(int Kind, Hdf5Block Body)
{
    public const int Dataspace = 0x01;
    public const int LinkInfo = 0x02;
    public const int Datatype = 0x03;
    public const int Link = 0x06;
    public const int ExternalFiles = 0x07;
    public const int Layout = 0x08;
    public const int Filters = 0x0B;
    public const int Attribute = 0x0C;
    public const int Continuation = 0x10;
    public const int SymbolTable = 0x11;
    public const int AttributeInfo = 0x15;
}
