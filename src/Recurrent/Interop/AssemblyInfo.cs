using System.Runtime.CompilerServices;

// Everything that crosses the boundary is blittable, so a call needs no stub that converts anything.
[assembly: DisableRuntimeMarshalling]
