using System.Runtime.CompilerServices;

// libclang's structs and numbers go across as they are.
[assembly: DisableRuntimeMarshalling]
